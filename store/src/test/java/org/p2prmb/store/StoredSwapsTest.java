package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.store.journal.Disk;
import org.p2prmb.store.journal.Journal;
import org.p2prmb.store.journal.JournalConfig;
import org.p2prmb.store.journal.JournalException;
import org.p2prmb.store.journal.SimulatedDisk;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Swaps on a disk that loses power.
final class StoredSwapsTest {
    /// Rotations are frequent.
    private static final JournalConfig SMALL =
            new JournalConfig(64 * 1024, 4 * 1024 * 1024, 16, Duration.ofSeconds(30));

    private static final int SWAPS = 20;
    private static final int STATE_BYTES = 2_000;

    private static StoredSwaps open(Disk disk) {
        return new StoredSwaps(replay -> Journal.open(disk, SMALL, StoredSwaps.kinds(), replay));
    }

    private static Bytes swap(int number) {
        return Bytes.utf8("swap " + number);
    }

    @Test
    void theLastStateOfEachSwapSurvivesAPowerCut() {
        Seeds.forEach(
                30,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    Map<Bytes, Bytes> saved = new LinkedHashMap<>();
                    var pending = Bytes.EMPTY;
                    var cut = Bytes.EMPTY;
                    try (var swaps = open(disk)) {
                        disk.cutPowerAt(disk.operations() + random.nextInt(400));
                        for (int change = 0; change < 400; change++) {
                            var state = new byte[STATE_BYTES];
                            random.nextBytes(state);
                            cut = swap(random.nextInt(SWAPS));
                            pending = Bytes.wrap(state);
                            swaps.save(cut, pending);
                            saved.put(cut, pending);
                            pending = Bytes.EMPTY;
                        }
                    } catch (JournalException e) {
                        // The power is cut.
                    }
                    try (var again = open(disk.afterPowerCut())) {
                        var found = again.load();
                        if (pending.size() > 0 && pending.equals(found.get(cut))) {
                            saved.put(cut, pending); // It was on the disk before anybody heard so.
                        }
                        assertThat(found).isEqualTo(saved);
                    }
                });
    }

    @Test
    void whatIsForgottenIsGoneWithTheNextRotation() {
        var disk = new SimulatedDisk(1);
        try (var swaps = open(disk)) {
            swaps.save(swap(1), Bytes.utf8("open"));
            swaps.save(swap(2), Bytes.utf8("over"));
            swaps.forget(swap(2));
            assertThat(swaps.load()).containsOnlyKeys(swap(1));
            for (int change = 0; change < 100; change++) {
                swaps.save(swap(1), Bytes.wrap(new byte[STATE_BYTES]));
            }
        }
        try (var again = open(disk)) {
            assertThat(again.load()).containsOnlyKeys(swap(1));
        }
    }
}
