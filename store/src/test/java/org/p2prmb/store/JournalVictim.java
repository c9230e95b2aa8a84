package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.store.journal.Journal;
import org.p2prmb.store.journal.JournalConfig;
import org.p2prmb.store.journal.JournalRecord;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// A program that appends to the journal of a store on several threads, and rotates it, until it is
/// killed, and prints what it was promised: the journal's fence, then `THREAD NUMBER` for each
/// append.
///
/// Each thread counts for itself, over all runs. What is alive is the last number of each.
final class JournalVictim {
    static final int THREADS = 4;
    static final JournalConfig CONFIG =
            new JournalConfig(64 << 10, 1 << 20, 16, Duration.ofMinutes(1));

    private static final int KIND = 1;

    private final Journal journal;
    private final Map<Integer, Integer> last; // Guarded by this.

    /// Appends share it until they are in `last`; a rotation has it alone.
    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

    private JournalVictim(Journal journal, Map<Integer, Integer> last) {
        this.journal = journal;
        this.last = last;
    }

    public static void main(String[] arguments) {
        var store = Store.open(Path.of(arguments[0]), Samples.config());
        var last = new HashMap<Integer, Integer>();
        var journal = open(store, last);
        System.out.print("fence " + journal.fence() + "\n");
        System.out.flush();
        var victim = new JournalVictim(journal, last);
        for (int thread = 0; thread < THREADS; thread++) {
            var own = thread;
            Thread.ofPlatform().start(() -> victim.append(own));
        }
    }

    /// Fails when a thread's numbers are not one after the other.
    static Journal open(Store store, Map<Integer, Integer> last) {
        return store.openJournal(
                CONFIG,
                Set.of(KIND),
                record -> {
                    int thread = record.key().at(0);
                    var number = Integer.parseInt(record.payload().toUtf8().strip());
                    var before = last.put(thread, number);
                    if (before != null && number != before + 1) {
                        throw new IllegalStateException(number + " follows " + before);
                    }
                });
    }

    private void append(int thread) {
        while (true) {
            var number = last(thread) + 1;
            lock.readLock().lock();
            try {
                journal.append(record(thread, number));
                tell(thread, number);
            } finally {
                lock.readLock().unlock();
            }
            if (thread == 0 && journal.rotationDue()) {
                rotate();
            }
        }
    }

    private void rotate() {
        lock.writeLock().lock();
        try {
            if (!journal.rotate(journal.position(), live())) {
                throw new IllegalStateException("somebody appended while none could");
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private synchronized List<JournalRecord> live() {
        return last.entrySet().stream()
                .map(entry -> record(entry.getKey(), entry.getValue()))
                .toList();
    }

    private synchronized int last(int thread) {
        return last.getOrDefault(thread, 0);
    }

    private synchronized void tell(int thread, int number) {
        last.put(thread, number);
        System.out.print(thread + " " + number + "\n");
        System.out.flush();
    }

    private static JournalRecord record(int thread, int number) {
        var padded = ("%-" + (20 + number % 900) + "d").formatted(number);
        return new JournalRecord(KIND, Bytes.wrap(new byte[] {(byte) thread}), Bytes.utf8(padded));
    }
}
