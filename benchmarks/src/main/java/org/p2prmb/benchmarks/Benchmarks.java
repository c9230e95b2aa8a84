package org.p2prmb.benchmarks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// The command line of the benchmarks: `transport [--json] [--rounds N] [--versus rust]`, `store
/// [--json] [--rows N]`, `journal [--json] [--directory DIR]`,
/// or `liveness [--json]` with `--agents N`, `--hot N`, `--interval S`, `--settle S`, `--window S`
/// and `--deaths N`.
public final class Benchmarks {
    private static final int ROUNDS = 5;
    private static final List<String> BENCHMARKS =
            List.of("transport", "liveness", "store", "journal");

    private Benchmarks() {}

    private static void run(List<String> words, AtomicReference<@Nullable Exception> failure) {
        var json = words.contains("--json");
        try {
            if (words.getFirst().equals("liveness")) {
                LivenessBenchmark.run(json, words);
            } else if (words.getFirst().equals("store")) {
                StoreBenchmark.run(json, words);
            } else if (words.getFirst().equals("journal")) {
                JournalBenchmark.run(json, words);
            } else {
                var at = words.indexOf("--rounds");
                var given = at >= 0 && at + 1 < words.size();
                var rounds = given ? Integer.parseInt(words.get(at + 1)) : ROUNDS;
                if (words.contains("--versus")) {
                    VersusBenchmark.run(json, rounds);
                } else {
                    TransportBenchmark.run(json, rounds);
                }
            }
        } catch (IOException | InterruptedException e) {
            failure.set(e);
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var words = List.of(args);
        if (words.isEmpty() || !BENCHMARKS.contains(words.getFirst())) {
            System.err.println(
                    "usage: benchmarks/run transport|liveness|store|journal [--json] [options]");
            System.exit(2);
        }
        // Streams are made for callers on virtual threads; a platform thread pays for each wake-up.
        var failure = new AtomicReference<@Nullable Exception>();
        Thread.startVirtualThread(() -> run(words, failure)).join();
        var thrown = failure.get();
        if (thrown != null) {
            throw new IOException("the benchmark failed", thrown);
        }
    }
}
