package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The command line of the benchmarks: the name of one and its [Options]; prints what it measured.
public final class Benchmarks {
    private static final int ROUNDS = 5;

    private Benchmarks() {}

    private static ObjectNode transport(Options options) throws IOException, InterruptedException {
        var rounds = options.number("--rounds", ROUNDS);
        return options.has("--versus")
                ? VersusBenchmark.run(rounds)
                : TransportBenchmark.run(rounds);
    }

    private static ObjectNode measure(String benchmark, Options options)
            throws IOException, InterruptedException {
        return switch (benchmark) {
            case "transport" -> transport(options);
            case "liveness" -> LivenessBenchmark.run(options);
            case "store" -> StoreBenchmark.run(options);
            case "journal" -> JournalBenchmark.run(options);
            case "idle" -> IdleBenchmark.run(options);
            case "flood" -> FloodBenchmark.run(options);
            case "churn" -> ChurnBenchmark.run(options);
            default -> throw new WrongUse(Options.usage());
        };
    }

    private static void run(List<String> words) throws IOException, InterruptedException {
        if (words.isEmpty()) {
            throw new WrongUse(Options.usage());
        }
        var options = Options.of(words.getFirst(), words.subList(1, words.size()));
        var report = measure(words.getFirst(), options);
        System.out.println(
                options.json()
                        ? new ObjectMapper().writeValueAsString(report)
                        : report.toPrettyString());
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        // Streams are made for callers on virtual threads; a platform thread pays for each wake-up.
        var work =
                new FutureTask<Void>(() -> {
                    run(List.of(args));
                    return null;
                });
        Thread.startVirtualThread(work);
        try {
            work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WrongUse wrong) {
                System.err.println("benchmarks: " + wrong.getMessage());
                System.exit(2);
            }
            throw new IOException("the benchmark failed", e.getCause());
        }
    }
}
