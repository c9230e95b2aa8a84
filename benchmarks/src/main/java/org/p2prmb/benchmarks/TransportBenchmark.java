package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/// Runs workloads A to E between processes and prints the medians.
final class TransportBenchmark {
    private static final long MIB = 1L << 20;
    private static final int IDLE_FEW = 100;
    private static final int IDLE_MANY = 2_000;

    private final int rounds;

    TransportBenchmark(int rounds) {
        this.rounds = rounds;
    }

    static ObjectNode run(int rounds) throws IOException, InterruptedException {
        return new TransportBenchmark(rounds).measure();
    }

    private ObjectNode measure() throws IOException, InterruptedException {
        var report = new ObjectMapper().createObjectNode();
        try (var server = new ChildProcess(TransportServer.class)) {
            var address = Multiaddr.parse(server.line());
            var workloads = new TransportWorkloads(address);
            throughput(workloads, address, report);
            report.put("connectionsPerSecond", Measured.round(connections(workloads), 0));
            requests(workloads, address, report);
        }
        var gossip = GossipRate.of(new ChildProcess(GossipBenchmark.class));
        report.put("gossipMessagesPerSecond", Measured.round(gossip, 0));
        report.put("rssBytesPerIdleConnection", idle());
        return report;
    }

    private void throughput(TransportWorkloads workloads, Multiaddr address, ObjectNode report)
            throws IOException, InterruptedException {
        var payload = new Payload();
        var up = new double[rounds];
        var down = new double[rounds];
        try (var host = Hosts.dialling();
                var connection = host.connect(address, Duration.ofSeconds(10))) {
            for (var warmUp = 0; warmUp < 2; warmUp++) {
                workloads.up(connection, payload, 64 * MIB, true);
                workloads.down(connection, payload, 64 * MIB, true);
            }
            for (var round = 0; round < rounds; round++) {
                up[round] = workloads.up(connection, payload, 512 * MIB, true);
                down[round] = workloads.down(connection, payload, 512 * MIB, true);
                say("B  512 MiB up %.0f, down %.0f MiB/s", up[round], down[round]);
            }
            say(
                    "B  without application credit: up %.0f, down %.0f MiB/s",
                    workloads.up(connection, payload, 512 * MIB, false),
                    workloads.down(connection, payload, 512 * MIB, false));
        }
        var throughput = report.putObject("throughputMiBPerSecond");
        throughput.put("up", Measured.round(Measured.median(up), 0));
        throughput.put("down", Measured.round(Measured.median(down), 0));
    }

    private double connections(TransportWorkloads workloads)
            throws IOException, InterruptedException {
        say("A0 first 300 in a cold JVM: %.0f/s", workloads.connections(1, 300));
        workloads.connections(1, 1_000);
        say("A1 sequential: %.0f/s", workloads.connections(1, 300));
        workloads.connections(8, 150);
        var rates = new double[rounds];
        for (var round = 0; round < rounds; round++) {
            rates[round] = workloads.connections(8, 150);
            say("A2 8 dialers: %.0f/s", rates[round]);
        }
        return Measured.median(rates);
    }

    private void requests(TransportWorkloads workloads, Multiaddr address, ObjectNode report)
            throws IOException, InterruptedException {
        try (var host = Hosts.dialling();
                var connection = host.connect(address, Duration.ofSeconds(10))) {
            workloads.requests(connection, 5_000);
            var half = new double[rounds];
            var tail = new double[rounds];
            for (var round = 0; round < rounds; round++) {
                var nanos = workloads.requests(connection, 10_000);
                half[round] = Measured.percentileMillis(nanos, 0.50);
                tail[round] = Measured.percentileMillis(nanos, 0.99);
                say("C1 p50 %.3f, p99 %.3f ms", half[round], tail[round]);
            }
            var millis = report.putObject("requestMillis");
            millis.put("p50", Measured.round(Measured.median(half), 3));
            millis.put("p99", Measured.round(Measured.median(tail), 3));
            var rates = report.putObject("requestsPerSecond");
            for (var inFlight : new int[] {1, 16, 64}) {
                workloads.requestRate(connection, inFlight, 10_000);
                var measured = new double[rounds];
                for (var round = 0; round < rounds; round++) {
                    measured[round] = workloads.requestRate(connection, inFlight, 20_000);
                }
                var rate = Measured.round(Measured.median(measured), 0);
                say("C2 %d in flight: %.0f/s", inFlight, rate);
                rates.put(Integer.toString(inFlight), rate);
            }
        }
    }

    /// E: what one more idle connection costs a server process that serves nobody else.
    private static long idle() throws IOException {
        try (var server = new ChildProcess(TransportServer.class)) {
            var address = server.line();
            try (var one = new ChildProcess(IdleClients.class, address);
                    var other = new ChildProcess(IdleClients.class, address)) {
                one.ask(Integer.toString(IDLE_FEW / 2));
                other.ask(Integer.toString(IDLE_FEW / 2));
                var few = Long.parseLong(server.ask("rss"));
                one.ask(Integer.toString(IDLE_MANY / 2));
                other.ask(Integer.toString(IDLE_MANY / 2));
                var many = Long.parseLong(server.ask("rss"));
                var open = Integer.parseInt(server.ask("connections"));
                if (open != IDLE_MANY) {
                    throw new IOException("the server holds " + open + " connections");
                }
                say("E  RSS at 100: %d KiB, at 2,000: %d KiB", few / 1024, many / 1024);
                return (many - few) / (IDLE_MANY - IDLE_FEW);
            }
        }
    }

    private static void say(String format, Object... arguments) {
        System.err.println(String.format(Locale.ROOT, format, arguments));
    }
}
