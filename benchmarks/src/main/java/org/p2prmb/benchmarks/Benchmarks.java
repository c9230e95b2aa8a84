package org.p2prmb.benchmarks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// The command line of the benchmarks: `transport [--json] [--rounds N]`.
public final class Benchmarks {
    private static final int ROUNDS = 5;

    private Benchmarks() {}

    private static void run(
            boolean json, int rounds, AtomicReference<@Nullable Exception> failure) {
        try {
            TransportBenchmark.run(json, rounds);
        } catch (IOException | InterruptedException e) {
            failure.set(e);
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var words = List.of(args);
        if (words.isEmpty() || !words.getFirst().equals("transport")) {
            System.err.println("usage: benchmarks/run transport [--json] [--rounds N]");
            System.exit(2);
        }
        var at = words.indexOf("--rounds");
        var rounds =
                at >= 0 && at + 1 < words.size() ? Integer.parseInt(words.get(at + 1)) : ROUNDS;
        // Streams are made for callers on virtual threads; a platform thread pays for each wake-up.
        var failure = new AtomicReference<@Nullable Exception>();
        Thread.startVirtualThread(() -> run(words.contains("--json"), rounds, failure)).join();
        var thrown = failure.get();
        if (thrown != null) {
            throw new IOException("the benchmark failed", thrown);
        }
    }
}
