package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.KeyFile;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Two agents started from the command line, and the commands that talk to them.
final class TwoShellsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path folder;
    private final List<CommandRun.Background> running = new ArrayList<>();
    private ObjectNode alice = Json.object();

    @BeforeEach
    void startTwo() {
        alice = node("alice", "--offer", "barber:city=ghent");
        node("bob", "--bootstrap", alice.path("addresses").path(0).asText());
        eventually(() -> !lines(bob("contacts", "--json")).isEmpty());
    }

    @AfterEach
    void endAll() {
        running.reversed().forEach(CommandRun.Background::end);
    }

    @Test
    void anAgentIsFoundNamedAskedAndListedFromAnotherShell() {
        var peer = alice.path("peerId").asText();
        var found = lines(bob("find", "--tag", "barber", "--where", "city=ghent", "--json"));
        assertThat(found).extracting(line -> line.path("peer").asText()).containsExactly(peer);
        assertThat(bob("find", "--tag", "barber", "--where", "city=ghent").out())
                .contains(peer, "barber:city=ghent");
        assertThat(bob("find", "--tag", "barber", "--where", "city=lyon").err())
                .contains("0 agents found");

        var set = alice("profile", "set", "--tag", "tailor", "--where", "price=25..40");
        assertThat(set.out()).contains("tailor", "price=25..40");
        eventually(() ->
                bob("find", "--tag", "tailor", "--where", "price=..30", "--limit", "1")
                        .out()
                        .contains(peer));
        assertThat(alice("profile", "show").out()).contains("barber", "city=ghent", "tailor");
        assertThat(alice("profile", "clear", "--tag", "tailor").out()).contains("1 offer");
        assertThat(alice("profile", "set", "--tag", "tailor", "--where", "price=2..1").code())
                .isEqualTo(Rmb.USAGE);

        assertThat(bob("contacts", "name", peer, "alice").code()).isZero();
        eventually(() -> bob("contacts").out().contains("alice"));
        assertThat(bob("contacts", "name", "alice", "zoe").code()).isZero();
        eventually(() -> bob("contacts").out().contains("zoe"));
        assertThat(bob("contacts", "name", "nobody", "zoe").code()).isEqualTo(Rmb.USAGE);

        var answered = bob("send", "zoe", "echo", "a haircut, please");
        assertThat(answered.code()).as(answered.err()).isZero();
        assertThat(answered.out()).isEqualTo("a haircut, please" + System.lineSeparator());
        var byOwner = bob("send", "--to-owner", owner("alice"), "--json", "echo", "{\"n\": 1}");
        var reply = Json.parseObject(byOwner.out());
        assertThat(reply.path("outcome").asText()).isEqualTo("answered");
        assertThat(reply.path("uid").asText()).matches("[0-9a-f]{32}");
        assertThat(reply.path("from").asText()).isEqualTo(peer);
        assertThat(decoded(reply)).isEqualTo("{\"n\": 1}");
    }

    @Test
    void anOwnerSeesThatThereIsNoSwapAndWhatIsNoneIsRefused() {
        assertThat(bob("swaps").err()).contains("no swaps yet");
        assertThat(bob("swaps", "--json").out()).isEmpty();
        var watched = bob("swaps", "--watch");
        assertThat(watched.code()).as(watched.err()).isZero();
        assertThat(watched.err()).contains("no swap is open");
        assertThat(bob("swaps", "--max", "0").code()).isEqualTo(Rmb.USAGE);
        for (var words :
                List.of(
                        List.of("swaps", "show"),
                        List.of("swap", "refund"),
                        List.of("swap", "withdraw"))) {
            var unknown = bob(words.get(0), words.get(1), "3fa9");
            assertThat(unknown.code()).isEqualTo(Rmb.USAGE);
            assertThat(unknown.err()).contains("there is no swap 3fa9");
            var wrong = bob(words.get(0), words.get(1), "3F");
            assertThat(wrong.code()).isEqualTo(Rmb.USAGE);
            assertThat(wrong.err()).contains("'3F' is no swap");
        }
        assertThat(bob("swap").err()).contains("rmb swap refund ID");
    }

    @Test
    void anOwnerReportsAndSeesWhatItChanged() throws IOException {
        var peer = alice.path("peerId").asText();
        assertThat(bob("reputation", "show", peer).out()).contains("0.40", "deals are possible");

        var reported = bob("report", peer, "--kind", "soft", "--amount", "250");

        assertThat(reported.code()).as(reported.err()).isZero();
        assertThat(reported.out()).contains("an opinion", "0.18");
        var shown = bob("reputation", "show", peer, "--offline");
        assertThat(shown.out())
                .contains("its offers are not shown", "own bad deals", "soft", "250", "you");
        var json = bob("reputation", "show", peer, "--json");
        var object = Json.parseObject(json.out());
        assertThat(object.path("terms").path("ownBad").asDouble()).isEqualTo(1);
        assertThat(object.path("reports").path(0).path("verified").asBoolean()).isFalse();

        var envelope = object.path("reports").path(0).path("envelope").asText();
        var file = Files.writeString(folder.resolve("evidence"), envelope + "\n" + envelope);
        var same = bob("report", peer, "--kind", "equivocation", "--evidence", file.toString());
        assertThat(same.code()).isEqualTo(Rmb.USAGE);
        assertThat(same.err()).contains("evidence");
        assertThat(bob("report", "nobody", "--kind", "soft").code()).isEqualTo(Rmb.USAGE);
    }

    @Test
    void whatCannotBeSentSaysWhy() {
        var peer = alice.path("peerId").asText();
        assertThat(bob("send", peer, "nothing.here").err()).contains("no handler");
        assertThat(bob("send", peer, "nothing.here").code()).isEqualTo(Rmb.FAILED);
        assertThat(bob("send", peer, "agent.info", "{}").err()).contains("not open to this key");
        assertThat(bob("send", "nobody", "echo").code()).isEqualTo(Rmb.USAGE);
        assertThat(bob("send", "nobody", "echo").err()).contains("'nobody'");
        var json = bob("send", "--json", peer, "nothing.here");
        assertThat(json.code()).isEqualTo(Rmb.FAILED);
        assertThat(Json.parseObject(json.out()).path("outcome").asText()).isEqualTo("no-handler");
    }

    @Test
    void whatIsPipedInComesBackByteForByte() throws IOException {
        var file = Files.write(folder.resolve("bytes"), new byte[] {0, (byte) 0xff, 10, 13});
        var peer = alice.path("peerId").asText();
        var sent = bob("send", peer, "echo", "--file", file.toString(), "--json");
        assertThat(Json.parseObject(sent.out()).path("payload").asText())
                .isEqualTo(Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
        var words = new String[] {"send", peer, "echo", "-", "--home", home("bob")};
        var piped = CommandRun.of(Map.of(), "first\nsecond \u001b[31m", words);
        assertThat(piped.out()).isEqualTo("first\nsecond \\u001b[31m" + System.lineSeparator());
        var raw = Arrays.copyOf(words, words.length + 1);
        raw[words.length] = "--raw";
        assertThat(CommandRun.of(Map.of(), "\u001b[31m", raw).out()).isEqualTo("\u001b[31m");
    }

    @Test
    void aShellAnswersUntilItEnds() throws IOException {
        var peer = alice.path("peerId").asText();
        var typing = new PipedOutputStream();
        var listener =
                background(
                        new PipedInputStream(typing),
                        "listen",
                        "greet",
                        "--access",
                        "anyone",
                        "--home",
                        home("alice"));
        eventually(() -> listener.err().contains("listening for greet"));
        typing.write("good evening\n".getBytes(StandardCharsets.UTF_8));
        var answer = bob("send", peer, "greet", "hello");
        assertThat(answer.out())
                .as(answer.err())
                .isEqualTo("good evening" + System.lineSeparator());
        assertThat(listener.out()).contains(": hello");
        assertThat(listener.end().code()).isZero();
        eventually(() -> bob("send", peer, "greet", "hello").err().contains("no handler"));
    }

    @Test
    void aProgramAnswersWithLinesOfJson() throws IOException {
        var program = folder.resolve("answer.sh");
        Files.writeString(program, "#!/bin/sh\nread call\necho '{\"answer\": {\"n\": 7}}'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        var listener =
                background(
                        InputStream.nullInputStream(),
                        "listen",
                        "count",
                        "--access",
                        owner("bob") + "," + KeyFile.peer(Home.of(Path.of(home("bob"))).agentKey()),
                        "--exec",
                        program.toString(),
                        "--json",
                        "--home",
                        home("alice"));
        var peer = alice.path("peerId").asText();
        eventually(() -> bob("send", peer, "count", "--json").code() == Rmb.DONE);
        assertThat(decoded(Json.parseObject(bob("send", peer, "count", "--json").out())))
                .isEqualTo("{\"n\":7}");
        var heard = lines(new CommandRun.Result(0, listener.out(), ""));
        assertThat(heard).isNotEmpty();
        assertThat(heard.getFirst().path("command").asText()).isEqualTo("count");
    }

    @Test
    void aHomeIsForOneAgentAndAnotherOwnerIsRefused() throws IOException {
        var second = CommandRun.of("node", "--home", home("bob"));
        assertThat(second.code()).isEqualTo(Rmb.USAGE);
        assertThat(second.err()).contains("another agent", "--home");

        CommandRun.of("init", "--home", home("eve"));
        Files.copy(Path.of(home("alice"), "agent.json"), Path.of(home("eve"), "agent.json"));
        var refused = CommandRun.of("contacts", "--home", home("eve"));
        assertThat(refused.code()).as(refused.err()).isEqualTo(Rmb.USAGE);
        assertThat(refused.err()).contains("obeys another owner");
    }

    @Test
    void aPortInUseIsOneClearLine() {
        var address = alice.path("addresses").path(0).asText().replaceFirst("/p2p/.*", "");
        var result = CommandRun.of("node", "--home", home("carol"), "--listen", address);
        assertThat(result.code()).isEqualTo(Rmb.USAGE);
        assertThat(result.err()).contains("Address already in use", "--listen");
    }

    @Test
    void anAgentThatLeavesIsNoLongerAnnouncedOrListed() {
        assertThat(running.getFirst().end().code()).isZero();
        assertThat(Path.of(home("alice"), "agent.json")).doesNotExist();
        eventually(() -> lines(bob("contacts", "--json")).isEmpty());
        var gone = CommandRun.of("contacts", "--home", home("alice"));
        assertThat(gone.code()).isEqualTo(Rmb.USAGE);
        assertThat(gone.err()).contains("no agent runs from");
    }

    private ObjectNode node(String name, String... options) {
        var words = new ArrayList<>(List.of("node", "--json", "--home", home(name)));
        words.addAll(List.of("--listen", "/ip4/127.0.0.1/tcp/0", "--set", "imAlive.interval=1s"));
        words.addAll(List.of(options));
        var node = background(InputStream.nullInputStream(), words.toArray(String[]::new));
        eventually(() -> node.out().contains("\n") || node.code().isDone());
        assertThat(node.err()).isEmpty();
        return Json.parseObject(node.out());
    }

    private CommandRun.Background background(InputStream in, String... words) {
        var background = CommandRun.inBackground(in, words);
        running.add(background);
        return background;
    }

    private CommandRun.Result bob(String... words) {
        var all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--home";
        all[words.length + 1] = home("bob");
        return CommandRun.of(all);
    }

    private CommandRun.Result alice(String... words) {
        var all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--home";
        all[words.length + 1] = home("alice");
        return CommandRun.of(all);
    }

    private String owner(String name) {
        return KeyFile.peer(Home.of(Path.of(home(name))).ownerKey()).toString();
    }

    private String home(String name) {
        return folder.resolve(name).toString();
    }

    private static List<ObjectNode> lines(CommandRun.Result result) {
        return result.out().lines().map(Json::parseObject).toList();
    }

    private static String decoded(ObjectNode reply) {
        return new String(
                Base64.getDecoder().decode(reply.path("payload").asText()), StandardCharsets.UTF_8);
    }

    private static void eventually(BooleanSupplier condition) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
