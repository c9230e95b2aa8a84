package org.p2prmb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A run for the launcher to record: it loads the classes that commands need, by running them
/// against a small network of its own, so that later starts find them in a cache.
final class WarmUp {
    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("--help"),
                    List.of("config", "show"),
                    List.of("contacts"),
                    List.of("contacts", "--json"),
                    List.of("find", "--tag", "barber", "--where", "city=ghent"),
                    List.of("send", "alice", "echo", "hello"));

    private WarmUp() {}

    static void run() {
        Version.line();
        try (var network = DemoNetwork.create()) {
            network.startFirst();
            var other = network.join("other", DemoNetwork.BOOTSTRAP, List.of());
            var home = network.home(DemoNetwork.BOOTSTRAP).toString();
            var shell = shell(home);
            COMMANDS.forEach(words -> CommandModel.run(shell, words));
            var sending = new ArrayList<>(List.of("send", other.peerId().toString()));
            sending.addAll(List.of("echo", "{}", "--json"));
            CommandModel.run(shell, sending);
        } catch (IOException e) {
            throw new IllegalStateException("there is no temporary directory", e);
        }
    }

    private static Shell shell(String home) {
        var nowhere =
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return new Shell(
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                Map.of("RMB_HOME", home),
                false,
                new SignalEnding());
    }
}
