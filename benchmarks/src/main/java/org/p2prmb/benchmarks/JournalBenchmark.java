package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;
import org.p2prmb.store.journal.Journal;
import org.p2prmb.store.journal.JournalConfig;
import org.p2prmb.store.journal.JournalRecord;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/// Durable appends of 400 bytes to the journal of a store: one caller after the other, and sixteen
/// at once. `--directory DIR` says which disk is measured, the one of temporary files otherwise.
final class JournalBenchmark {
    private static final int KIND = 1;
    private static final int PAYLOAD_BYTES = 400;
    private static final int APPENDS = 5_000;
    private static final int CALLERS = 16;

    private JournalBenchmark() {}

    static ObjectNode run(Options options) throws IOException, InterruptedException {
        var directory = options.text("--directory");
        var folder =
                directory.isPresent()
                        ? Files.createTempDirectory(Path.of(directory.get()), "rmb-journal-")
                        : Files.createTempDirectory("rmb-journal-");
        var report = JsonNodeFactory.instance.objectNode();
        try (var store = Store.open(folder.resolve("data"), StoreConfig.defaults())) {
            var journal = store.openJournal(JournalConfig.defaults(), Set.of(KIND), _ -> {});
            appends(journal, 1); // Warms up.
            for (var callers : new int[] {1, CALLERS}) {
                var start = System.nanoTime();
                var nanos = appends(journal, callers);
                var seconds = (System.nanoTime() - start) / 1e9;
                var figures = report.putObject("callers" + callers);
                figures.put("appendsPerSecond", Math.round(nanos.length / seconds));
                figures.put("p50Millis", Measured.percentileMillis(nanos, 0.50));
                figures.put("p99Millis", Measured.percentileMillis(nanos, 0.99));
            }
        } finally {
            StoreBenchmark.delete(folder);
        }
        return report;
    }

    /// What each append took.
    private static long[] appends(Journal journal, int callers) throws InterruptedException {
        var nanos = new long[callers][APPENDS];
        var threads = new Thread[callers];
        for (int caller = 0; caller < callers; caller++) {
            var own = nanos[caller];
            var random = new SplittableRandom(caller);
            threads[caller] =
                    Thread.startVirtualThread(() -> {
                        for (int i = 0; i < own.length; i++) {
                            var payload = new byte[PAYLOAD_BYTES];
                            random.nextBytes(payload);
                            var record = new JournalRecord(KIND, Bytes.EMPTY, Bytes.wrap(payload));
                            var start = System.nanoTime();
                            journal.append(record);
                            own[i] = System.nanoTime() - start;
                        }
                    });
        }
        for (var thread : threads) {
            thread.join();
        }
        return Arrays.stream(nanos).flatMapToLong(Arrays::stream).toArray();
    }
}
