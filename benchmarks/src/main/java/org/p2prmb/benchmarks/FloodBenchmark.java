package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Floods a host with ten times what it may hold while others use it: `flood [--json]
/// [--seconds S]`.
///
/// The host, the attackers and the honest peers are a process each.
final class FloodBenchmark {
    private static final int SECONDS = 60;
    private static final int CALM_SECONDS = 5;
    private static final int CONNECTIONS_MAX = 256;
    private static final int HONEST = 8;
    private static final String HEAP = "512m";

    private FloodBenchmark() {}

    static ObjectNode run(Options options) throws IOException, InterruptedException {
        return measure(options.number("--seconds", SECONDS));
    }

    private static ObjectNode measure(int seconds) throws IOException, InterruptedException {
        var report = new ObjectMapper().createObjectNode();
        report.put("seconds", seconds);
        report.put("connectionsMax", CONNECTIONS_MAX);
        try (var server =
                new ChildProcess(HEAP, LoadServer.class, Integer.toString(CONNECTIONS_MAX))) {
            var address = server.line();
            var before = HostState.parse(server.ask("rest"));
            try (var honest = new HonestPeers(Multiaddr.parse(address), HONEST)) {
                TimeUnit.SECONDS.sleep(CALM_SECONDS);
                honest.report(report.putObject("before"));
                flood(server, address, seconds, report);
                honest.report(report);
            }
            Leftovers.await(server, before, report);
        }
        return report;
    }

    private static void flood(ChildProcess server, String address, int seconds, ObjectNode report)
            throws IOException, InterruptedException {
        var held = Integer.toString(10 * CONNECTIONS_MAX);
        var heap = 0L;
        var connections = 0L;
        try (var attackers =
                new ChildProcess(FloodProgram.class, address, Integer.toString(seconds), held)) {
            for (var second = 0; second < seconds; second++) {
                TimeUnit.SECONDS.sleep(1);
                var state = HostState.parse(server.ask("state"));
                heap = Math.max(heap, state.path("heapMiB").asLong());
                connections =
                        Math.max(
                                connections,
                                state.path("resources").path("connections-in").asLong());
            }
            report.set("tried", HostState.parse(attackers.line()));
        }
        report.put("heapPeakMiB", heap);
        report.put("connectionsPeak", connections);
    }
}
