package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.arguments;
import static org.p2prmb.node.TestAgents.knows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.OwnerKey;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The owner's commands, given over the wire to one of two agents.
final class AgentCommandsTest {

    @TempDir private Path directory;
    private TestAgents agents;
    private TestAgents.Home home;
    private TestAgents.Home otherHome;
    private Agent agent;
    private Agent other;
    private TestAgents.Client owner;

    @BeforeEach
    void startTwo() throws IOException {
        agents = new TestAgents(directory);
        home = agents.home();
        otherHome = agents.home();
        agent = agents.start(home, TestAgents.config());
        var barber = Offering.of("barber", Map.of("city", "ghent"));
        other = agents.start(otherHome, TestAgents.config(agent).withOfferings(List.of(barber)));
        owner = agents.client(home.owner(), agent);
        Eventually.holds("they know each other", () -> knows(agent, other.peerId()));
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    @Test
    void infoTellsWhoTheAgentIs() throws Exception {
        var info = owner.ask("agent.info", arguments());
        assertThat(info.path("peerId").asText()).isEqualTo(agent.peerId().toString());
        assertThat(info.path("owner").asText())
                .isEqualTo(OwnerKey.format(home.owner().publicKey()));
        assertThat(info.path("addresses").path(0).asText())
                .isEqualTo(agent.addresses().getFirst().toString());
        assertThat(info.path("neighbours").asInt()).isEqualTo(1);
        assertThat(info.path("connections").asInt()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aStrangerMayUseNoneOfTheOwnersCommands() throws Exception {
        var stranger = agents.client(KeyPair.generate(TestAgents.RANDOM), agent);
        for (var command :
                List.of(
                        "agent.info",
                        "contacts.list",
                        "contacts.name",
                        "handlers.listen",
                        "message.send",
                        "owner.publish",
                        "profile.clear",
                        "profile.set",
                        "profile.show",
                        "search.find",
                        "search.next",
                        "search.start")) {
            refused(stranger.call(command, "{}"), 403);
        }
        assertThat(stranger.call("echo", "hi")).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void theOtherAgentsOwnerIsAStrangerHere() throws Exception {
        refused(agents.client(otherHome.owner(), agent).call("agent.info", "{}"), 403);
    }

    @Test
    void contactsAreListedWithTheNamesThatTheOwnerGave() throws Exception {
        owner.ask(
                "contacts.name",
                arguments().put("peer", other.peerId().toString()).put("name", "bob"));
        Eventually.holds("named", () -> agent.contacts().named("bob").isPresent());
        var list = owner.ask("contacts.list", arguments()).path("contacts");
        assertThat(list).hasSize(1);
        var bob = list.path(0);
        assertThat(bob.path("peer").asText()).isEqualTo(other.peerId().toString());
        assertThat(bob.path("name").asText()).isEqualTo("bob");
        assertThat(bob.path("tags").path(0).asText()).isEqualTo("barber");
        assertThat(bob.path("alive").asBoolean()).isTrue();
        assertThat(Instant.parse(bob.path("lastProofOfLife").asText()))
                .isBefore(Instant.now().plusSeconds(5));
    }

    @Test
    void onlyContactsGetNamesAndOnlyPrintableOnes() throws Exception {
        var stranger = KeyPair.generate(TestAgents.RANDOM).peerId().toString();
        var known = other.peerId().toString();
        refusedWith("contacts.name", naming(stranger, "eve"), CommandException.UNKNOWN);
        refusedWith("contacts.name", naming("nobody", "eve"), CommandException.ARGUMENTS);
        refusedWith("contacts.name", naming(known, "a\u001b[31m"), CommandException.ARGUMENTS);
        refusedWith("contacts.name", naming(known, "x".repeat(65)), CommandException.ARGUMENTS);
        refusedWith("contacts.name", arguments().put("peer", known), CommandException.ARGUMENTS);
    }

    @Test
    void aSearchFindsTheOtherAgentByTagAndCriteria() throws Exception {
        var where = arguments().put("city", "ghent");
        var found = owner.ask("search.find", arguments().put("tag", "barber").set("where", where));
        assertThat(found.path("results")).hasSize(1);
        var barber = found.path("results").path(0);
        assertThat(barber.path("peer").asText()).isEqualTo(other.peerId().toString());
        assertThat(barber.at("/offerings/0/criteria/city").asText()).isEqualTo("ghent");
        assertThat(found.path("agentsAsked").asInt()).isGreaterThanOrEqualTo(1);
        where.put("city", "lyon");
        var none = owner.ask("search.find", arguments().put("tag", "barber").set("where", where));
        assertThat(none.path("results")).isEmpty();
    }

    @Test
    void aSearchIsFollowedWhileItRuns() throws Exception {
        var begun = owner.ask("search.start", arguments().put("tag", "barber").put("max", 1));
        var number = begun.path("search").asText();
        var found = new ArrayList<String>();
        JsonNode news;
        do {
            news = owner.ask("search.next", arguments().put("search", number));
            news.path("results").forEach(result -> found.add(result.path("peer").asText()));
        } while (!news.path("done").asBoolean());
        assertThat(found).containsExactly(other.peerId().toString());
        refusedWith("search.next", arguments().put("search", "12345"), CommandException.UNKNOWN);
        refusedWith("search.next", arguments().put("search", "x"), CommandException.ARGUMENTS);
    }

    @Test
    void aProfileIsSetAndOthersFindItAtOnce() throws Exception {
        var before = owner.ask("profile.show", arguments()).path("sequence").asLong();
        var where = arguments().put("city", "Ghent").put("price", "25..40");
        var set = owner.ask("profile.set", arguments().put("tag", "tailor").set("where", where));
        assertThat(set.at("/offerings/0/criteria/price").asText()).isEqualTo("25..40");
        assertThat(set.path("sequence").asLong()).isGreaterThan(before);
        var cheap = SearchCondition.of("tailor", Map.of("price", "..30"));
        Eventually.holds("the other agent finds it", () -> finds(cheap).contains(agent.peerId()));
        refusedWith(
                "profile.set",
                arguments().put("tag", "tailor").set("where", arguments().put("price", "2..1")),
                CommandException.ARGUMENTS);
        assertThat(owner.ask("profile.clear", arguments()).path("cleared").asInt()).isEqualTo(1);
        assertThat(owner.ask("profile.show", arguments()).path("offerings")).isEmpty();
    }

    private List<PeerId> finds(SearchCondition condition) {
        try {
            return other.find(condition, 12, 4, Duration.ofSeconds(3)).records().stream()
                    .map(SignedContact::peer)
                    .toList();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in a test", e);
        }
    }

    @Test
    void aSearchWithWrongArgumentsIsRefused() {
        refusedWith("search.find", arguments(), CommandException.ARGUMENTS);
        refusedWith(
                "search.find", arguments().put("tag", "Not A Tag!"), CommandException.ARGUMENTS);
        refusedWith("search.find", arguments().put("tag", 7), CommandException.ARGUMENTS);
        var barber = arguments().put("tag", "barber");
        refusedWith("search.find", barber.deepCopy().put("max", 0), CommandException.ARGUMENTS);
        refusedWith("search.find", barber.deepCopy().put("hops", 99), CommandException.ARGUMENTS);
        refusedWith(
                "search.find",
                barber.deepCopy().put("waitMillis", 10_000_000),
                CommandException.ARGUMENTS);
        refused(owner.call("search.find", "[]"), CommandException.ARGUMENTS);
        refused(owner.call("search.find", "{"), CommandException.ARGUMENTS);
    }

    @Test
    void aMessageIsAnsweredByPeerIdAndByName() throws Exception {
        var result = owner.ask("message.send", sending(other.peerId().toString(), "echo"));
        assertThat(result.path("outcome").asText()).isEqualTo("answered");
        assertThat(decoded(result)).isEqualTo("hello");
        assertThat(result.path("uid").asText()).isNotEmpty();
        assertThat(result.path("from").asText()).isEqualTo(other.peerId().toString());
        owner.ask("contacts.name", naming(other.peerId().toString(), "bob"));
        Eventually.holds("named", () -> agent.contacts().named("bob").isPresent());
        var named = owner.ask("message.send", sending("bob", "echo"));
        assertThat(named.path("outcome").asText()).isEqualTo("answered");
    }

    @Test
    void whatTheOtherAgentRefusesIsTold() throws Exception {
        var peer = other.peerId().toString();
        var missing = owner.ask("message.send", sending(peer, "nothing.here"));
        assertThat(missing.path("outcome").asText()).isEqualTo("no-handler");
        assertThat(missing.path("code").asInt()).isEqualTo(404);
        var refused = owner.ask("message.send", sending(peer, "agent.info"));
        assertThat(refused.path("outcome").asText()).isEqualTo("refused");
        assertThat(refused.path("code").asInt()).isEqualTo(403);
    }

    @Test
    void anAgentThatIsOffIsOfflineAtOnceWhenAskedToFailFast() throws Exception {
        var nobody = KeyPair.generate(TestAgents.RANDOM).peerId().toString();
        var start = Instant.now();
        var result = owner.ask("message.send", sending(nobody, "echo").put("tags", "fail-fast"));
        assertThat(result.path("outcome").asText()).isEqualTo("offline");
        assertThat(Instant.now()).isBefore(start.plusSeconds(2));
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsExpired() throws Exception {
        var over = new CountDownLatch(1);
        other.handlers()
                .register(
                        "slow",
                        AccessRule.ANYONE,
                        call -> {
                            over.await();
                            return Answer.json("{}");
                        });
        try {
            var result =
                    owner.ask(
                            "message.send",
                            sending(other.peerId().toString(), "slow")
                                    .put("expirationMillis", 300));
            // Both ends count the time: the receiver may be first to say that it is over.
            assertThat(result.path("outcome").asText() + " " + result.path("code").asText())
                    .isIn("expired ", "refused 504");
        } finally {
            over.countDown();
        }
    }

    @Test
    void anAgentThatClosesDoesNotWaitForAMessageThatItSends() throws Exception {
        var asked = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        other.handlers()
                .register(
                        "slow",
                        AccessRule.ANYONE,
                        call -> {
                            asked.countDown();
                            over.await();
                            return Answer.json("{}");
                        });
        var arguments = sending(other.peerId().toString(), "slow").toString();
        var sending = Thread.ofVirtual().start(() -> owner.call("message.send", arguments));
        asked.await();
        var start = Instant.now();
        agent.close();
        assertThat(Instant.now()).isBefore(start.plusSeconds(2));
        over.countDown();
        sending.join();
    }

    @Test
    void aMessageIsSentToTheAgentOfAnOwner() throws Exception {
        var key = OwnerKey.format(otherHome.owner().publicKey());
        refusedWith("message.send", sendingToOwner(key), CommandException.UNKNOWN);
        publish(otherHome, other, 1);
        var result = owner.ask("message.send", sendingToOwner(key));
        assertThat(result.path("outcome").asText()).isEqualTo("answered");
        assertThat(result.path("from").asText()).isEqualTo(other.peerId().toString());
    }

    @Test
    void aMessageWithWrongArgumentsIsRefused() {
        var peer = other.peerId().toString();
        refusedWith("message.send", arguments().put("command", "echo"), CommandException.ARGUMENTS);
        refusedWith("message.send", arguments().put("to", peer), CommandException.ARGUMENTS);
        refusedWith("message.send", sending(peer, "Not A Command"), CommandException.ARGUMENTS);
        refusedWith("message.send", sending("nobody", "echo"), CommandException.UNKNOWN);
        refusedWith("message.send", sendingToOwner("no key"), CommandException.ARGUMENTS);
        refusedWith(
                "message.send",
                sending(peer, "echo").put("payload", "no base64!"),
                CommandException.ARGUMENTS);
        refusedWith(
                "message.send",
                sending(peer, "echo").put("expirationMillis", 0),
                CommandException.ARGUMENTS);
        refusedWith(
                "message.send",
                sending(peer, "echo").put("tags", "x".repeat(2_000)),
                CommandException.ARGUMENTS);
        refusedWith(
                "message.send",
                sending(agent.peerId().toString(), "echo"),
                CommandException.ARGUMENTS);
    }

    @Test
    void anOwnersRecordIsServedFromTheOwnerOnly() throws Exception {
        assertThat(publish(home, agent, 5).path("served").asBoolean()).isTrue();
        assertThat(publish(home, agent, 4).path("served").asBoolean()).isFalse();
        var foreign = ownerRecord(otherHome, agent, 6).seal(otherHome.owner());
        refusedWith("owner.publish", record(foreign), CommandException.ARGUMENTS);
        var elsewhere = ownerRecord(home, other, 6).seal(home.owner());
        refusedWith("owner.publish", record(elsewhere), CommandException.ARGUMENTS);
        refusedWith("owner.publish", record(Bytes.utf8("junk")), CommandException.ARGUMENTS);
    }

    private JsonNode publish(TestAgents.Home of, Agent at, long sequence) throws IOException {
        var signed = ownerRecord(of, at, sequence).seal(of.owner());
        return agents.client(of.owner(), at).ask("owner.publish", record(signed));
    }

    private static OwnerRecord ownerRecord(TestAgents.Home of, Agent at, long sequence) {
        return new OwnerRecord(
                of.owner().publicKey(),
                List.of(at.peerId()),
                List.of(TestAgents.reachableAt(at)),
                sequence,
                Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS));
    }

    private static ObjectNode record(Bytes signed) {
        return arguments().put("record", base64(signed.toArray()));
    }

    private static ObjectNode naming(String peer, String name) {
        return arguments().put("peer", peer).put("name", name);
    }

    private static ObjectNode sending(String to, String command) {
        return arguments()
                .put("to", to)
                .put("command", command)
                .put("payload", base64("hello".getBytes(StandardCharsets.UTF_8)));
    }

    private static ObjectNode sendingToOwner(String key) {
        var sending = sending("", "echo").put("toOwner", key);
        sending.remove("to");
        return sending;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String decoded(JsonNode node) {
        var bytes = Base64.getDecoder().decode(node.path("payload").asText());
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void refusedWith(String command, ObjectNode arguments, int code) {
        refused(owner.call(command, arguments.toString()), code);
    }

    private static void refused(Outcome outcome, int code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refusal -> assertThat(refusal.code()).as(refusal.text()).isEqualTo(code));
    }
}
