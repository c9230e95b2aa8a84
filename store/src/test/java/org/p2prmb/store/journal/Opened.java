package org.p2prmb.store.journal;

import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A journal that was just opened, and what it was found to hold.
record Opened(Journal journal, List<JournalRecord> records) implements AutoCloseable {
    static final int STATE = 1;
    static final int SECRET = 2;
    static final Set<Integer> KINDS = Set.of(STATE, SECRET);
    static final JournalConfig CONFIG =
            new JournalConfig(16 << 10, 8 << 20, 64, Duration.ofMinutes(1));

    static Opened on(Disk disk) {
        return on(disk, KINDS);
    }

    static Opened on(Disk disk, Set<Integer> kinds) {
        var records = new ArrayList<JournalRecord>();
        var journal = Journal.open(disk, CONFIG, kinds, records::add);
        return new Opened(journal, List.copyOf(records));
    }

    static JournalRecord record(int number) {
        return new JournalRecord(
                STATE, Bytes.utf8("swap-" + number), Bytes.utf8("locked " + number));
    }

    /// A record like no other, mostly small.
    static JournalRecord record(RandomGenerator random, int number) {
        var sizes = new int[] {0, 40, 400, 400, 3_000, 100_000};
        var payload = Seeds.bytes(random, random.nextInt(sizes[random.nextInt(sizes.length)] + 1));
        return new JournalRecord(
                random.nextInt(1, 3), Bytes.utf8("swap-" + number), Bytes.wrap(payload));
    }

    @Override
    public void close() {
        journal.close();
    }
}
