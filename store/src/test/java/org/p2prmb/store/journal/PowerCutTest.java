package org.p2prmb.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Cuts the power at random points of random histories and compares what the journal holds
/// afterwards with what it promised.
final class PowerCutTest {
    private static final int CUTS = 3;
    private static final int OPERATIONS_MAX = 60;

    /// What the journal may hold: the promised records, those with an interrupted append, or
    /// those after an interrupted rotation.
    private static final class Promises {
        private final RandomGenerator random;
        private List<JournalRecord> kept = List.of();
        private List<JournalRecord> orElse = List.of();
        private long fence;
        private long position;
        private int made;

        Promises(RandomGenerator random) {
            this.random = random;
        }

        /// Opens the journal, uses it and leaves it, again and again until the power is cut.
        void history(SimulatedDisk disk) {
            try {
                while (true) {
                    try (var opened = Opened.on(disk)) {
                        check(opened);
                        for (int i = random.nextInt(12); i > 0; i--) {
                            if (random.nextInt(4) == 0) {
                                rotate(opened.journal());
                            } else {
                                append(opened.journal());
                            }
                        }
                    }
                }
            } catch (JournalException e) {
                assertThat(e).hasStackTraceContaining("the power");
            }
        }

        void check(Opened opened) {
            assertThat(opened.records()).isIn(kept, orElse);
            assertThat(opened.journal().fence()).isGreaterThan(fence);
            assertThat(opened.journal().position()).isBetween(position, position + 3);
            kept = opened.records();
            orElse = kept;
            fence = opened.journal().fence();
            position = opened.journal().position();
        }

        private void append(Journal journal) {
            var records = new ArrayList<JournalRecord>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                records.add(Opened.record(random, made++));
            }
            orElse = new ArrayList<>(kept);
            orElse.addAll(records);
            var last = journal.append(records);
            kept = orElse;
            assertThat(last).isEqualTo(position + records.size());
            position = last;
        }

        private void rotate(Journal journal) {
            orElse = kept.stream().filter(_ -> random.nextInt(3) > 0).toList();
            assertThat(journal.rotate(position, orElse)).isTrue();
            kept = orElse;
        }
    }

    @Test
    void aPowerCutLosesNoPromisedRecordAndInventsNone() {
        Seeds.forEach(
                1_000,
                random -> {
                    var promises = new Promises(random);
                    var disk = new SimulatedDisk(random.nextLong());
                    for (int cut = 0; cut < CUTS; cut++) {
                        disk.cutPowerAt(random.nextInt(1, OPERATIONS_MAX));
                        promises.history(disk);
                        disk = disk.afterPowerCut();
                    }
                    try (var opened = Opened.on(disk)) {
                        promises.check(opened);
                    }
                });
    }

    @Test
    void whatWasReadIsDurableEvenIfItsWriterNeverHeardSo() {
        Seeds.forEach(
                300,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    List<JournalRecord> seen;
                    try (var opened = Opened.on(disk)) {
                        opened.journal().append(Opened.record(0));
                        disk.failAt(disk.operations() + 2); // The force of the next append.
                        assertThat(failed(opened.journal(), Opened.record(1))).isTrue();
                    }
                    try (var opened = Opened.on(disk)) {
                        seen = opened.records();
                        assertThat(seen).containsExactly(Opened.record(0), Opened.record(1));
                    }
                    try (var opened = Opened.on(disk.afterPowerCut())) {
                        assertThat(opened.records()).isEqualTo(seen);
                    }
                });
    }

    @Test
    void ofManyThreadsEachFindsItsRecordsInOrder() {
        Seeds.forEach(
                60,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    var promised = new ConcurrentHashMap<Integer, Integer>();
                    try (var opened = Opened.on(disk)) {
                        disk.cutPowerAt(disk.operations() + random.nextInt(1, 60));
                        var threads =
                                IntStream.range(0, 4)
                                        .mapToObj(thread ->
                                                Thread.ofPlatform()
                                                        .start(() -> {
                                                            int next = thread;
                                                            while (!failed(
                                                                    opened.journal(),
                                                                    Opened.record(next))) {
                                                                promised.put(thread, next);
                                                                next += 4;
                                                            }
                                                        }))
                                        .toList();
                        for (var thread : threads) {
                            thread.join();
                        }
                    }
                    try (var opened = Opened.on(disk.afterPowerCut())) {
                        for (int thread = 0; thread < 4; thread++) {
                            int first = thread;
                            var found =
                                    opened.records().stream()
                                            .map(record ->
                                                    Integer.parseInt(
                                                            record.key()
                                                                    .toUtf8()
                                                                    .substring("swap-".length())))
                                            .filter(number -> number % 4 == first)
                                            .toList();
                            int last = promised.getOrDefault(thread, thread - 4);
                            var unheard = IntStream.iterate(first, n -> n <= last + 4, n -> n + 4);
                            var heard = IntStream.iterate(first, n -> n <= last, n -> n + 4);
                            assertThat(found)
                                    .isIn(heard.boxed().toList(), unheard.boxed().toList());
                        }
                    }
                });
    }

    private static boolean failed(Journal journal, JournalRecord record) {
        try {
            journal.append(record);
            return false;
        } catch (JournalException _) {
            return true;
        }
    }
}
