package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;
import org.p2prmb.store.StoreException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// What [StoreBenchmark] runs in processes of their own: `load`, `write` or `check`, the directory
/// of the store, and how many contacts it has. Answers in lines.
final class StoreProgram {
    private static final int BATCH = 1_000;
    private static final int BATCHES_AHEAD = 8;
    private static final int QUERIES = 20_000;
    private static final int BEST = 10;

    /// A thousand scores a second are more than a busy agent changes.
    private static final int SCORES_AT_ONCE = 200;

    private static final long SCORES_PAUSE_NANOS = 200_000_000;
    private static final double SETTLED_AFTER_SECONDS = 300;
    private static final double SETTLE_SECONDS_MAX = 1_800;

    /// A change by less than a hundredth is none.
    private static final int SAME_SIZE_SHARE = 100;

    private static final int TRIES_MAX = 60;

    private final StoreContacts contacts = new StoreContacts();
    private final Store store;
    private final int rows;
    private volatile boolean scoresChange = true;

    private StoreProgram(Store store, int rows) {
        this.store = store;
        this.rows = rows;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> {
            System.err.println("failed: " + failure);
            Runtime.getRuntime().halt(1);
        });
        var start = System.nanoTime();
        var store = Store.open(Path.of(arguments[1]), StoreConfig.defaults());
        if (store.rebuilt()) {
            throw new IllegalStateException("the database did not open as it was");
        }
        var program = new StoreProgram(store, Integer.parseInt(arguments[2]));
        switch (arguments[0]) {
            case "load" -> program.load();
            case "write" -> program.write(start);
            default -> program.check(start);
        }
    }

    private void load() throws InterruptedException {
        var start = System.nanoTime();
        var batches = new ArrayBlockingQueue<List<Contact>>(BATCHES_AHEAD);
        Thread.ofPlatform().daemon().start(() -> make(batches));
        var peak = 0L;
        for (int from = 0; from < rows; from += BATCH) {
            remember(batches.take());
            peak = Math.max(peak, store.fileBytes());
        }
        flush();
        tell("%.1f %d %d", secondsSince(start), store.fileBytes() >> 20, peak >> 20);
        settle();
        tell(figures(query()));
        var writing = Thread.ofPlatform().start(this::changeScores);
        tell(figures(query()));
        scoresChange = false;
        writing.join();
        flush();
        tell("%d", store.fileBytes() >> 20);
        tell("%d", heapBytes() >> 20);
        var closing = System.nanoTime();
        store.close();
        tell("%.1f", secondsSince(closing));
    }

    private void make(ArrayBlockingQueue<List<Contact>> batches) {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try {
            for (int from = 0; from < rows; from += BATCH) {
                var batch = new ArrayList<Contact>(BATCH);
                for (int i = from; i < Math.min(rows, from + BATCH); i++) {
                    batch.add(contacts.contact(i, now));
                }
                batches.put(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A full queue is waited for, as whoever imports contacts would.
    private void remember(List<Contact> batch) {
        for (var tries = 0; ; tries++) {
            try {
                store.contacts().remember(batch);
                return;
            } catch (StoreException e) {
                if (tries == TRIES_MAX) {
                    throw e;
                }
            }
        }
    }

    private void flush() {
        for (var tries = 0; ; tries++) {
            try {
                store.flush();
                return;
            } catch (StoreException e) {
                if (tries == TRIES_MAX) {
                    throw e;
                }
            }
        }
    }

    /// Waits until the file has kept its size for minutes: compacting fills the holes in it first,
    /// with what is left in half-empty chunks, and makes it shorter only then.
    private void settle() {
        var start = System.nanoTime();
        var size = store.fileBytes();
        var changedAt = 0.0;
        while (secondsSince(start) - changedAt < SETTLED_AFTER_SECONDS
                && secondsSince(start) < SETTLE_SECONDS_MAX) {
            LockSupport.parkNanos(1_000_000_000);
            if (Math.abs(store.fileBytes() - size) > size / SAME_SIZE_SHARE) {
                size = store.fileBytes();
                changedAt = secondsSince(start);
            }
        }
        tell("%.0f %d", changedAt, store.fileBytes() >> 20);
    }

    private long[] query() {
        var random = new SplittableRandom(2);
        var taken = new long[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            var tag = contacts.tag(random);
            var start = System.nanoTime();
            store.contacts().withTag(tag, BEST);
            taken[i] = System.nanoTime() - start;
        }
        return taken;
    }

    private void changeScores() {
        var random = new SplittableRandom(3);
        while (scoresChange) {
            var scores = new HashMap<PeerId, Double>();
            for (int i = 0; i < SCORES_AT_ONCE; i++) {
                scores.put(contacts.peer(random.nextInt(rows)), random.nextDouble());
            }
            store.contacts().updateScores(scores);
            LockSupport.parkNanos(SCORES_PAUSE_NANOS);
        }
    }

    private void write(long start) {
        ready(start);
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Thread.ofPlatform().daemon().start(this::changeScores);
        for (int from = rows; ; from += BATCH) {
            var batch = new ArrayList<Contact>(BATCH);
            for (int i = from; i < from + BATCH; i++) {
                batch.add(contacts.contact(i, now));
            }
            remember(batch);
            if (from == rows) {
                flush();
                tell("writing");
            }
        }
    }

    private void check(long start) throws InterruptedException {
        ready(start);
        store.checked().join();
        tell("%.1f", secondsSince(start));
        store.close();
    }

    private void ready(long start) {
        if (store.contacts().withTag(contacts.tag(new SplittableRandom(1)), BEST).isEmpty()) {
            throw new IllegalStateException("nobody has the tag");
        }
        tell("%.2f", secondsSince(start));
    }

    private static String figures(long[] nanos) {
        return String.format(
                Locale.ROOT,
                "%.3f %.3f %.1f",
                Measured.percentileMillis(nanos, 0.50),
                Measured.percentileMillis(nanos, 0.99),
                Arrays.stream(nanos).max().orElse(0) / 1e6);
    }

    /// What is left after three collections.
    private static long heapBytes() {
        for (var round = 0; round < 3; round++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void tell(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
        System.out.flush();
    }
}
