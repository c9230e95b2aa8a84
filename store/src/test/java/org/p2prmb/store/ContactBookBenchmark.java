package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.message.UidLog.Claim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// Measures a book of many contacts: loading, the best ten with a tag, and durable claims.
///
/// Arguments: contacts (1000000), queries (20000). Prints one JSON object.
final class ContactBookBenchmark {
    private static final int TAGS = 2_000;
    private static final int BATCH = 1_000;
    private static final int CLAIMS = 2_000;
    private static final int CLAIMING_THREADS = 16;
    private static final int RECORD_BYTES = 300;

    private ContactBookBenchmark() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var contacts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        var queries = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
        var folder = Files.createTempDirectory("contact-book");
        var data = folder.resolve("data");
        try {
            double load;
            double[] queried;
            double[] whileWriting;
            double claimsPerSecond;
            long bytes;
            try (var store = Store.open(data, Samples.config())) {
                load = load(store, contacts);
                queried = query(store.contacts(), queries, new SplittableRandom(2));
                whileWriting = queryWhileWriting(store, contacts, queries);
                claimsPerSecond = claims(store);
                bytes = store.fileBytes();
            }
            var closedBytes = Files.size(data.resolve("rmb.mv.db"));
            var reopen = reopen(data);
            Files.delete(data.resolve("rmb.clean")); // As a crash would leave it.
            var checked = reopen(data);
            System.out.printf(
                    Locale.ROOT,
                    "{\"rows\": %d, \"tags\": %d, \"load_seconds\": %.1f, \"with_tag_ms\": %s,"
                            + " \"with_tag_while_writing_ms\": %s, \"claims_per_second\": %.0f,"
                            + " \"file_mib\": %d, \"closed_file_mib\": %d,"
                            + " \"open_seconds\": %.2f, \"open_after_crash_seconds\": %.2f}%n",
                    contacts,
                    TAGS,
                    load,
                    json(queried),
                    json(whileWriting),
                    claimsPerSecond,
                    bytes >> 20,
                    closedBytes >> 20,
                    reopen,
                    checked);
        } finally {
            delete(folder);
        }
    }

    private static double reopen(Path data) {
        var start = System.nanoTime();
        try (var store = Store.open(data, Samples.config())) {
            if (store.rebuilt()) {
                throw new IllegalStateException("the database did not pass its check");
            }
            return secondsSince(start);
        }
    }

    private static double load(Store store, int contacts) {
        var random = new SplittableRandom(1);
        var start = System.nanoTime();
        for (int from = 0; from < contacts; from += BATCH) {
            var batch = new ArrayList<Contact>(BATCH);
            for (int i = from; i < Math.min(contacts, from + BATCH); i++) {
                batch.add(contact(i, random));
            }
            store.contacts().remember(batch);
        }
        store.flush();
        return secondsSince(start);
    }

    /// Two tags each, of which low numbers are common.
    private static Contact contact(int number, SplittableRandom random) {
        var record = new byte[RECORD_BYTES];
        random.nextBytes(record);
        var plain = Samples.lasting(number, tag(random), tag(random));
        return new Contact(
                plain.peer(),
                Bytes.wrap(record),
                1,
                plain.addresses(),
                plain.tags(),
                random.nextInt(1_000) / 1_000.0,
                Samples.NOW.plusSeconds(random.nextInt(100_000)),
                random.nextInt(10) == 0,
                plain.expiresAt(),
                "");
    }

    private static String tag(SplittableRandom random) {
        var skewed = random.nextDouble() * random.nextDouble();
        return "tag-" + (int) (skewed * TAGS);
    }

    /// Milliseconds of each query, sorted.
    private static double[] query(ContactBook book, int queries, SplittableRandom random) {
        var taken = new double[queries];
        for (int i = 0; i < queries; i++) {
            var start = System.nanoTime();
            book.withTag(tag(random), 10);
            taken[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(taken);
        return taken;
    }

    private static double[] queryWhileWriting(Store store, int contacts, int queries)
            throws InterruptedException {
        var random = new SplittableRandom(3);
        var writing =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!Thread.currentThread().isInterrupted()) {
                                for (int i = 0; i < BATCH; i++) {
                                    var peer = Samples.peer(random.nextInt(contacts));
                                    store.contacts().rate(peer, random.nextDouble());
                                }
                                pause();
                            }
                        });
        var taken = query(store.contacts(), queries, new SplittableRandom(4));
        writing.interrupt();
        writing.join();
        return taken;
    }

    /// A thousand changes in five batches a second, more than a busy agent has.
    private static void pause() {
        LockSupport.parkNanos(200_000_000);
    }

    private static double claims(Store store) throws InterruptedException {
        var start = System.nanoTime();
        var threads = new ArrayList<Thread>();
        for (int thread = 0; thread < CLAIMING_THREADS; thread++) {
            var source = Samples.peer(thread);
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < CLAIMS / CLAIMING_THREADS; i++) {
                                    claim(store, source, i);
                                }
                            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        return CLAIMS / secondsSince(start);
    }

    private static void claim(Store store, PeerId source, int number) {
        var claim = store.uids().claim(Bytes.utf8("uid-" + number), source, Samples.FAR);
        if (!claim.equals(new Claim.Fresh())) {
            throw new IllegalStateException("not fresh: " + claim);
        }
    }

    private static String json(double[] sorted) {
        return "{\"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f}"
                .formatted(
                        sorted[sorted.length / 2],
                        sorted[sorted.length * 99 / 100],
                        sorted[sorted.length - 1]);
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
