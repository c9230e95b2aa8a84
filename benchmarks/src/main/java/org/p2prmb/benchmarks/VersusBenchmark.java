package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Measures our stack and rust-libp2p in turn, in one run; prints the medians and their ratios.
final class VersusBenchmark {
    private static final long MIB = 1L << 20;
    private static final long STREAM_BYTES = 512 * MIB;
    private static final int DIALERS = 8;
    private static final int CONNECTIONS_EACH = 150;

    /// Rounds of connections before any counts: the JVM's compiler is done with a handshake after
    /// some 16,000 of them, and until then has one of two cores to itself.
    private static final int CONNECTIONS_WARM_UP = 20;

    private static final int REQUESTS = 10_000;
    private static final int IDLE_FEW = 100;
    private static final int IDLE_MANY = 2_000;

    private final int rounds;
    private final Map<String, List<Double>> java = new LinkedHashMap<>();
    private final Map<String, List<Double>> rust = new LinkedHashMap<>();

    private VersusBenchmark(int rounds) {
        this.rounds = rounds;
    }

    static ObjectNode run(int rounds) throws IOException, InterruptedException {
        return new VersusBenchmark(rounds).measure();
    }

    private ObjectNode measure() throws IOException, InterruptedException {
        try (var ours = new JavaContender();
                var theirs = new RustContender()) {
            warmUp(ours, "java");
            warmUp(theirs, "rust");
            // The first round warms up the rest and does not count.
            for (var round = 0; round <= rounds; round++) {
                round(ours, round == 0 ? new LinkedHashMap<>() : java, "java");
                round(theirs, round == 0 ? new LinkedHashMap<>() : rust, "rust");
            }
            gossip(ours, java, "java");
            gossip(theirs, rust, "rust");
            idle(ours, java, "java");
            idle(theirs, rust, "rust");
        }
        var report = new ObjectMapper().createObjectNode();
        write(java, report.putObject("java"));
        write(rust, report.putObject("rust"));
        write(ratios(), report.putObject("ratios"));
        return report;
    }

    private static void warmUp(Contender contender, String name)
            throws IOException, InterruptedException {
        var rates = new long[CONNECTIONS_WARM_UP];
        for (var round = 0; round < rates.length; round++) {
            rates[round] = Math.round(connections(contender));
        }
        System.err.println(name + " connections/s while warming up " + Arrays.toString(rates));
    }

    private static double connections(Contender contender)
            throws IOException, InterruptedException {
        return DIALERS * CONNECTIONS_EACH / contender.connectionSeconds(DIALERS, CONNECTIONS_EACH);
    }

    private static void round(Contender contender, Map<String, List<Double>> figures, String name)
            throws IOException, InterruptedException {
        var mib = STREAM_BYTES / (double) MIB;
        add(figures, "throughputMiBPerSecond.up", mib / contender.perfSeconds(STREAM_BYTES, 0));
        add(figures, "throughputMiBPerSecond.down", mib / contender.perfSeconds(0, STREAM_BYTES));
        add(figures, "connectionsPerSecond", connections(contender));
        var latency = contender.latency(REQUESTS);
        add(figures, "requestMillis.p50", latency.p50Millis());
        add(figures, "requestMillis.p99", latency.p99Millis());
        for (var inFlight : new int[] {1, 16, 64}) {
            add(
                    figures,
                    "requestsPerSecond." + inFlight,
                    REQUESTS / contender.requestSeconds(inFlight, REQUESTS));
        }
        System.err.println(name + " " + figures);
    }

    /// Once for each: a run tries many rates, and warms up with the first.
    private static void gossip(Contender contender, Map<String, List<Double>> figures, String name)
            throws IOException {
        var rate = contender.gossipRate();
        System.err.println(String.format(Locale.ROOT, "%s gossip: %.0f messages/s", name, rate));
        add(figures, "gossipMessagesPerSecond", rate);
    }

    /// What one more idle connection costs a server that serves nobody else. The clients are ours
    /// for both.
    private static void idle(Contender contender, Map<String, List<Double>> figures, String name)
            throws IOException {
        try (var server = contender.idle();
                var one = new ChildProcess(IdleClients.class, server.address());
                var other = new ChildProcess(IdleClients.class, server.address())) {
            one.ask(Integer.toString(IDLE_FEW / 2));
            other.ask(Integer.toString(IDLE_FEW / 2));
            var few = server.residentBytes();
            one.ask(Integer.toString(IDLE_MANY / 2));
            other.ask(Integer.toString(IDLE_MANY / 2));
            var each = (server.residentBytes() - few) / (double) (IDLE_MANY - IDLE_FEW);
            System.err.println(String.format(Locale.ROOT, "%s idle: %.0f bytes", name, each));
            add(figures, "rssBytesPerIdleConnection", each);
        }
    }

    private static void add(Map<String, List<Double>> figures, String key, double value) {
        figures.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
    }

    private static double median(List<Double> values) {
        return Measured.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private Map<String, List<Double>> ratios() {
        var ratios = new LinkedHashMap<String, List<Double>>();
        java.forEach((key, values) ->
                add(ratios, key, median(values) / median(rust.getOrDefault(key, List.of()))));
        return ratios;
    }

    /// Keys with a point are an object and a field in it.
    private static void write(Map<String, List<Double>> figures, ObjectNode into) {
        figures.forEach((key, values) -> {
            var point = key.indexOf('.');
            var object = point < 0 ? into : into.withObject("/" + key.substring(0, point));
            object.put(key.substring(point + 1), Measured.round(median(values), 3));
        });
    }
}
