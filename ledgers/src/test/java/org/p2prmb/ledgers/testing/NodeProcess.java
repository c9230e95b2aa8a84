package org.p2prmb.ledgers.testing;

import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A node of a chain as a process of its own, with a folder of its own for its data: it ends with
/// [#close], and with the tests' process in any case.
final class NodeProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long EXIT_SECONDS_MAX = 10;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final String name;
    private final ProcessBuilder command;
    private final Path folder;
    private final int port;
    private final JsonRpc rpc;
    private Process process;

    private NodeProcess(
            String name,
            ProcessBuilder command,
            Process process,
            Path folder,
            int port,
            JsonRpc rpc) {
        this.port = port;
        this.name = name;
        this.command = command;
        this.process = process;
        this.folder = folder;
        this.rpc = rpc;
    }

    /// A port of the loopback interface that was free a moment ago.
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static Path newFolder(String name) throws IOException {
        return Files.createTempDirectory("rmb-" + name + "-");
    }

    /// Starts a node and waits until it answers.
    ///
    /// @param folder which goes with it
    /// @param question of its interface that it answers once it is ready
    static NodeProcess start(
            String name,
            ProcessBuilder command,
            Path folder,
            int port,
            String credentials,
            String question)
            throws IOException {
        var output = folder.resolve("output").toFile();
        var process = launch(command.redirectErrorStream(true).redirectOutput(output));
        var rpc =
                new JsonRpc(URI.create("http://127.0.0.1:" + port + "/"), credentials, ANSWER_MAX);
        var node = new NodeProcess(name, command, process, folder, port, rpc);
        try {
            node.awaitAnswer(question);
        } catch (IOException | RuntimeException | AssertionError e) {
            node.close();
            throw e;
        }
        return node;
    }

    private static Process launch(ProcessBuilder command) throws IOException {
        var process = command.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    /// Kills the node and starts it again over what is on its disk.
    ///
    /// @param option that it starts with besides
    void crash(String question, String option) throws IOException {
        process.destroyForcibly();
        awaitExit();
        command.command().add(option);
        process = launch(command);
        awaitAnswer(question);
    }

    private void awaitExit() {
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitAnswer(String question) throws IOException {
        long end = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try {
                rpc.ask(question);
                return;
            } catch (LedgerException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new AssertionError(
                            "%s does not start: %s\n%s"
                                    .formatted(
                                            name,
                                            e.getMessage(),
                                            Files.readString(folder.resolve("output"))),
                            e);
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }

    int port() {
        return port;
    }

    JsonRpc rpc() {
        return rpc;
    }

    @Override
    public void close() {
        rpc.close();
        process.destroyForcibly();
        awaitExit();
        try {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new AssertionError("the folder of " + name + " stays", e);
        }
    }
}
