package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Opens many connections to one process with 2 GiB of heap, leaves them idle, uses a few, and ends
/// them: `idle [--json] [--connections N] [--seconds S]`.
final class IdleBenchmark {
    private static final int CONNECTIONS = 10_000;
    private static final int CLIENTS = 4;
    private static final int PINGS = 200;
    private static final int SECONDS = 30;
    private static final String HEAP = "2g";

    private IdleBenchmark() {}

    static ObjectNode run(Options options) throws IOException, InterruptedException {
        return measure(
                options.number("--connections", CONNECTIONS), options.number("--seconds", SECONDS));
    }

    private static ObjectNode measure(int connections, int seconds)
            throws IOException, InterruptedException {
        var report = new ObjectMapper().createObjectNode();
        var clients = new ArrayList<ChildProcess>();
        try (var server = new ChildProcess(HEAP, LoadServer.class, "0")) {
            var address = server.line();
            var before = HostState.parse(server.ask("rest"));
            try {
                for (var i = 0; i < CLIENTS; i++) {
                    clients.add(new ChildProcess(IdleClients.class, address));
                }
                var start = System.nanoTime();
                all(clients, Integer.toString(connections / CLIENTS));
                report.put("openSeconds", Measured.round((System.nanoTime() - start) / 1e9, 1));
                TimeUnit.SECONDS.sleep(seconds);
                var idle = HostState.parse(server.ask("rest"));
                report.put("connections", idle.path("connections").asInt());
                report.put("idleSeconds", seconds);
                report.put("heapMiB", idle.path("heapMiB").asLong());
                report.put("residentMiB", idle.path("residentBytes").asLong() / (1 << 20));
                report.put(
                        "residentBytesPerConnection",
                        (idle.path("residentBytes").asLong()
                                        - before.path("residentBytes").asLong())
                                / connections);
                HonestPeers.report(address, PINGS, report);
            } finally {
                for (var client : clients) {
                    client.close();
                }
            }
            Leftovers.await(server, before, report);
        }
        return report;
    }

    private static void all(List<ChildProcess> clients, String question)
            throws IOException, InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (var client : clients) {
                answers.add(threads.submit(() -> client.ask(question)));
            }
            for (var answer : answers) {
                answer.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a client failed", e.getCause());
        }
    }
}
