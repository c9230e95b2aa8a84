package org.p2prmb.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.journal.Opened.record;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

final class JournalTest {
    private final SimulatedDisk disk = new SimulatedDisk(1);

    @Test
    void whatWasAppendedIsReadBackInOrder() {
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).isEmpty();
            assertThat(opened.journal().append(record(1))).isEqualTo(1);
            assertThat(opened.journal().append(List.of(record(2), record(3)))).isEqualTo(3);
        }
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).containsExactly(record(1), record(2), record(3));
            assertThat(opened.journal().append(record(4))).isEqualTo(4);
        }
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).endsWith(record(3), record(4));
            assertThat(opened.journal().position()).isEqualTo(4);
        }
    }

    @Test
    void theFenceGrowsWithEveryOpening() {
        for (int fence = 1; fence <= 5; fence++) {
            try (var opened = Opened.on(disk)) {
                assertThat(opened.journal().fence()).isEqualTo(fence);
                assertThat(opened.journal().rotate(0, List.of())).isTrue();
                assertThat(opened.journal().fence()).isEqualTo(fence);
            }
        }
    }

    @Test
    void aRotationLeavesTheLiveRecordsInOneFileOfTheNextGeneration() throws IOException {
        try (var opened = Opened.on(disk)) {
            var journal = opened.journal();
            IntStream.range(0, 10).forEach(i -> journal.append(record(i)));
            assertThat(journal.rotate(10, List.of(record(3), record(7)))).isTrue();
            assertThat(disk.list()).containsExactly("rmb.journal-2");
            assertThat(journal.position()).isEqualTo(10);
            assertThat(journal.append(record(10))).isEqualTo(11);
        }
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).containsExactly(record(3), record(7), record(10));
            assertThat(opened.journal().position()).isEqualTo(11);
            assertThat(disk.list()).containsExactly("rmb.journal-3");
        }
    }

    @Test
    void aRotationThatDoesNotKnowTheLastRecordIsRefused() {
        try (var opened = Opened.on(disk)) {
            var seen = opened.journal().append(record(1));
            opened.journal().append(record(2));
            assertThat(opened.journal().rotate(seen, List.of(record(1)))).isFalse();
            assertThat(opened.journal().generation()).isEqualTo(1);
        }
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).containsExactly(record(1), record(2));
        }
    }

    @Test
    void aRotationIsDueByTheSizeOfTheFileAndNotAgainWhileMostOfItIsAlive() {
        try (var opened = Opened.on(disk)) {
            var journal = opened.journal();
            var live = new ArrayList<JournalRecord>();
            while (!journal.rotationDue()) {
                live.add(record(live.size()));
                journal.append(live.getLast());
            }
            assertThat(journal.fileBytes()).isBetween(16_385L, 17_000L);
            assertThat(journal.rotate(live.size(), live)).isTrue();
            var alive = journal.fileBytes();
            assertThat(journal.rotationDue()).isFalse();
            while (!journal.rotationDue()) {
                journal.append(record(0));
            }
            assertThat(journal.fileBytes()).isGreaterThan(2 * alive);
            assertThat(journal.rotate(journal.position(), List.of())).isTrue();
            assertThat(journal.fileBytes()).isEqualTo(Header.BYTES);
        }
    }

    @Test
    void recordsOfUnknownKindsAreShownAndOutliveRotations() {
        var watch = new JournalRecord(200, Bytes.utf8("swap-1"), Bytes.utf8("a neighbour watches"));
        try (var opened = Opened.on(disk, Set.of(Opened.STATE, 200))) {
            opened.journal().append(List.of(record(1), watch, record(2)));
        }
        for (int i = 0; i < 2; i++) {
            try (var opened = Opened.on(disk)) {
                assertThat(opened.records()).contains(watch);
                assertThat(opened.journal().unknownRecords()).isEqualTo(1);
                for (int rotation = 0; rotation < 2; rotation++) {
                    assertThat(opened.journal().rotate(3, List.of(record(2)))).isTrue();
                }
                assertThatThrownBy(() -> opened.journal().append(watch))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("kind 200");
            }
        }
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).containsExactly(watch, record(2));
        }
    }

    @Test
    void recordsOfEverySizeUpToTheLimitAreKept() {
        var key = Bytes.wrap(new byte[JournalRecord.KEY_BYTES_MAX]);
        var largest = Bytes.wrap(new byte[JournalRecord.PAYLOAD_BYTES_MAX]);
        var records =
                List.of(
                        new JournalRecord(Opened.STATE, Bytes.EMPTY, Bytes.EMPTY),
                        new JournalRecord(Opened.STATE, key, largest));
        try (var opened = Opened.on(disk)) {
            opened.journal().append(records);
            for (int i = 0; i < 5; i++) {
                opened.journal().append(records.getLast());
            }
            // Together more than a block.
            assertThat(opened.journal().rotate(7, Collections.nCopies(5, records.getLast())))
                    .isTrue();
        }
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).isEqualTo(Collections.nCopies(5, records.getLast()));
        }
    }

    @Test
    void whatIsTooLargeIsRefusedWithItsLimit() {
        var tooLarge = Bytes.wrap(new byte[JournalRecord.PAYLOAD_BYTES_MAX + 1]);
        assertThatThrownBy(() -> new JournalRecord(1, Bytes.EMPTY, tooLarge))
                .hasMessageContaining("a payload has at most 1048576 bytes, not 1048577");
        assertThatThrownBy(() -> new JournalRecord(1, Bytes.wrap(new byte[256]), Bytes.EMPTY))
                .hasMessageContaining("a key has at most 255 bytes, not 256");
        assertThatThrownBy(() -> new JournalRecord(256, Bytes.EMPTY, Bytes.EMPTY))
                .hasMessageContaining("0 to 255");
        try (var opened = Opened.on(disk)) {
            var large = tooLarge.slice(0, JournalRecord.PAYLOAD_BYTES_MAX);
            var four = Collections.nCopies(4, new JournalRecord(1, Bytes.EMPTY, large));
            assertThatThrownBy(() -> opened.journal().append(four))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("4194288");
            assertThatThrownBy(() -> opened.journal().append(List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFullJournalRefusesGoesOnAndHasRoomAfterARotation() {
        var large =
                new JournalRecord(
                        Opened.STATE,
                        Bytes.EMPTY,
                        Bytes.wrap(new byte[JournalRecord.PAYLOAD_BYTES_MAX]));
        try (var opened = Opened.on(disk)) {
            var journal = opened.journal();
            for (int i = 0; i < 7; i++) {
                journal.append(large);
            }
            assertThatThrownBy(() -> journal.append(large))
                    .isInstanceOf(JournalFullException.class)
                    .hasMessageContaining("of 8388608: rotate it");
            assertThat(journal.append(record(1))).isEqualTo(8);
            assertThatThrownBy(() -> journal.rotate(8, Collections.nCopies(8, large)))
                    .isInstanceOf(JournalFullException.class)
                    .hasMessageContaining("too much is alive");
            assertThat(journal.rotate(8, List.of(record(1)))).isTrue();
            assertThat(journal.append(large)).isEqualTo(9);
        }
        var smaller = new JournalConfig(1_024, 1 << 20, 1, Duration.ofMinutes(1));
        assertThatThrownBy(() -> Journal.open(disk, smaller, Opened.KINDS, _ -> {}))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("fileBytesMax is 1048576: raise it");
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).containsExactly(record(1), large);
        }
    }

    @Test
    void aClosedJournalTakesNothing() {
        var opened = Opened.on(disk);
        opened.close();
        opened.close();
        assertThatThrownBy(() -> opened.journal().append(record(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> opened.journal().rotate(0, List.of()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptedCallerStillHearsThatItsRecordIsThere() {
        try (var opened = Opened.on(disk)) {
            Thread.currentThread().interrupt();
            assertThat(opened.journal().append(record(1))).isEqualTo(1);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(opened.journal().append(record(2))).isEqualTo(2);
        }
    }

    @Test
    void configurationsThatCannotWorkAreRefused() {
        var wait = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new JournalConfig(11, 10, 1, wait)).hasMessageContaining("not 11");
        assertThatThrownBy(() -> new JournalConfig(0, 10, 1, wait)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> new JournalConfig(1, 1 << 29, 1, wait))
                .hasMessageContaining("at most 268435456");
        assertThatThrownBy(() -> new JournalConfig(1, 10, 0, wait))
                .hasMessageContaining("waitingMax");
        assertThatThrownBy(() -> new JournalConfig(1, 10, 1, Duration.ZERO))
                .hasMessageContaining("waitMax");
    }
}
