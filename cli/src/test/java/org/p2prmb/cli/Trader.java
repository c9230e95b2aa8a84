package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An owner with an agent in a process of its own, which can be killed and started again, and what
/// the owner types.
final class Trader implements AutoCloseable {
    private static final long EXIT_SECONDS_MAX = 20;

    private final String name;
    private final Path home;
    private final int port;
    private final List<String> bootstrap = new ArrayList<>();
    private Optional<Process> process = Optional.empty();
    private String address = "";

    private Trader(String name, Path home) throws IOException {
        this.name = name;
        this.home = home;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    /// Makes a home with a wallet on these chains, and starts the agent.
    static Trader start(String name, Path folder, TestChains chains, List<Trader> others)
            throws IOException {
        var trader = new Trader(name, folder.resolve(name));
        assertThat(trader.run("init").code()).isZero();
        Files.writeString(trader.home.resolve("rmb.toml"), chains.toml());
        assertThat(trader.run("wallet", "create", "--plain").code()).isZero();
        others.forEach(other -> trader.bootstrap.add(other.address));
        trader.start();
        return trader;
    }

    /// Starts the agent's process, and returns once it says where it is.
    void start() throws IOException {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Rmb.class.getName()));
        words.addAll(List.of("node", "--json", "--home", home.toString()));
        words.addAll(List.of("--listen", "/ip4/127.0.0.1/tcp/" + port));
        bootstrap.forEach(other -> words.addAll(List.of("--bootstrap", other)));
        var log = home.resolveSibling(name + ".log").toFile();
        var builder =
                new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.appendTo(log));
        // No stamp of an identity takes a minute, and no owner is asked for a passphrase.
        builder.environment().put("RMB_REPUTATION_STAMP_DIFFICULTY", "0");
        var started = builder.start();
        process = Optional.of(started);
        var out =
                new BufferedReader(
                        new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        var line = out.readLine();
        if (line == null) {
            throw new AssertionError(name + " does not start: " + Files.readString(log.toPath()));
        }
        address = Json.parseObject(line).path("addresses").path(0).asText();
    }

    boolean isUp() {
        return process.filter(Process::isAlive).isPresent();
    }

    /// As `kill -9` does.
    void kill() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            try {
                assertThat(running.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// What the owner types, `rmb` and the home left out.
    CommandRun.Result run(String... words) {
        return CommandRun.of(words(words));
    }

    /// The same beside the test.
    CommandRun.Background inBackground(String... words) {
        return CommandRun.inBackground(InputStream.nullInputStream(), words(words));
    }

    private String[] words(String... words) {
        var all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("--home", home.toString()));
        return all.toArray(String[]::new);
    }

    /// The JSON objects that a command that must succeed prints.
    List<ObjectNode> ask(String... words) {
        var all = Arrays.copyOf(words, words.length + 1);
        all[words.length] = "--json";
        var result = run(all);
        assertThat(result.code())
                .as("%s of %s: %s", String.join(" ", words), name, result.err())
                .isZero();
        return result.out().lines().map(Json::parseObject).toList();
    }

    /// Where it is paid on the chain of this coin.
    String payTo(String coin) {
        return ask("wallet", "address").stream()
                .flatMap(line -> nodes(line.path("addresses")).stream())
                .filter(entry ->
                        nodes(entry.path("coins")).stream()
                                .anyMatch(known -> known.asText().equals(coin)))
                .map(entry -> entry.path("address").asText())
                .findFirst()
                .orElseThrow();
    }

    /// The addresses of accounts that hold gas only.
    List<String> gasAccounts() {
        return ask("wallet", "balance").stream()
                .flatMap(line -> nodes(line.path("gas")).stream())
                .map(account -> account.path("address").asText())
                .toList();
    }

    static List<JsonNode> nodes(JsonNode list) {
        var nodes = new ArrayList<JsonNode>();
        list.forEach(nodes::add);
        return nodes;
    }

    /// Its swaps, of which the owner asks for a look at the chains; none when the agent is down, or
    /// is killed meanwhile.
    List<ObjectNode> look() {
        var looked = new ArrayList<ObjectNode>();
        for (var swap : listed()) {
            run("swaps", "show", swap.path("swap").asText());
            looked.add(swap);
        }
        return looked;
    }

    /// Its swaps; none when the agent is down, or is killed meanwhile.
    List<ObjectNode> listed() {
        var result = isUp() ? run("swaps", "--json") : new CommandRun.Result(0, "", "");
        if (result.code() != 0) {
            // A connection is gone a moment before its process is.
            Deal.await(name + " is up and fails: " + result.err(), () -> !isUp());
            return List.of();
        }
        return result.out().lines().map(Json::parseObject).toList();
    }

    List<ObjectNode> swaps() {
        return ask("swaps");
    }

    /// Where its store and the journal of its swaps are.
    Path data() {
        return home.resolve("data");
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        kill();
    }
}
