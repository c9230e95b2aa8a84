package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Peers connect, talk and drop at random for minutes, and nothing of them may stay:
/// `churn [--json] [--minutes M] [--seconds S] [--peer COMMAND]...`.
///
/// Each `COMMAND` is a shell's line that runs a program of another implementation, again and again:
/// it finds the server's address in `$ADDRESS`, and should come, talk and go within a minute.
final class ChurnBenchmark {
    private static final int PROCESSES = 2;
    private static final int MINUTES = 10;
    private static final String HEAP = "512m";

    private ChurnBenchmark() {}

    static ObjectNode run(Options options) throws IOException, InterruptedException {
        var minutes = options.number("--minutes", MINUTES);
        var seconds = options.number("--seconds", 60 * minutes);
        return measure(seconds, options.all("--peer"));
    }

    private static ObjectNode measure(int seconds, List<String> commands)
            throws IOException, InterruptedException {
        var report = new ObjectMapper().createObjectNode();
        report.put("seconds", seconds);
        try (var server = new ChildProcess(HEAP, LoadServer.class, "0")) {
            var address = server.line();
            warm(server, address);
            var before = HostState.parse(server.ask("rest"));
            churn(server, address, seconds, commands, report);
            Leftovers.await(server, before, report);
        }
        return report;
    }

    /// The first connections leave classes, pools and threads of the runtime behind.
    private static void warm(ChildProcess server, String address)
            throws IOException, InterruptedException {
        try (var peers = new ChildProcess(ChurnProgram.class, address, "10", "0")) {
            peers.line();
        }
        Leftovers.await(
                server, HostState.parse(server.ask("rest")), new ObjectMapper().createObjectNode());
    }

    private static void churn(
            ChildProcess server,
            String address,
            int seconds,
            List<String> commands,
            ObjectNode report)
            throws IOException, InterruptedException {
        var heap = 0L;
        var peers = new ArrayList<ChildProcess>();
        try (var foreign = new ForeignPeers(commands, address)) {
            for (var i = 1; i <= PROCESSES; i++) {
                var seed = Integer.toString(1_000 * i);
                peers.add(
                        new ChildProcess(
                                ChurnProgram.class, address, Integer.toString(seconds), seed));
            }
            for (var second = 0; second < seconds; second++) {
                TimeUnit.SECONDS.sleep(1);
                foreign.check();
                var state = HostState.parse(server.ask("state"));
                heap = Math.max(heap, state.path("heapMiB").asLong());
            }
            var done = report.putArray("java");
            for (var process : peers) {
                done.add(HostState.parse(process.line()));
            }
            report.set("others", foreign.report());
        } finally {
            for (var process : peers) {
                process.close();
            }
        }
        report.put("heapPeakMiB", heap);
    }
}
