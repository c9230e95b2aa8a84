package org.p2prmb.benchmarks;

import java.io.IOException;
import java.util.List;

/// The command line of the benchmarks: `transport [--json] [--rounds N]`.
public final class Benchmarks {
    private static final int ROUNDS = 5;

    private Benchmarks() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var words = List.of(args);
        if (words.isEmpty() || !words.getFirst().equals("transport")) {
            System.err.println("usage: benchmarks/run transport [--json] [--rounds N]");
            System.exit(2);
        }
        var at = words.indexOf("--rounds");
        var rounds =
                at >= 0 && at + 1 < words.size() ? Integer.parseInt(words.get(at + 1)) : ROUNDS;
        TransportBenchmark.run(words.contains("--json"), rounds);
    }
}
