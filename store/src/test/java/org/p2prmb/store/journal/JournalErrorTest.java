package org.p2prmb.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.journal.Opened.record;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes each operation of a history fail once: the journal fails for good, and an opening
/// afterwards, on the same disk or after a power cut, holds what was promised.
final class JournalErrorTest {
    private static final int ROUNDS = 20;

    /// What happened before an error: what must be there, and what may be there instead.
    private static final class History {
        private List<JournalRecord> kept = List.of();
        private List<JournalRecord> orElse = List.of();
        private long fence;

        /// Two openings, appends, a rotation, appends. Returns the journal that failed.
        Journal run(SimulatedDisk disk) {
            try (var opened = Opened.on(disk)) {
                fence = opened.journal().fence();
                append(opened.journal(), 0);
                append(opened.journal(), 1);
            }
            var journal = Opened.on(disk).journal();
            fence = journal.fence();
            try {
                append(journal, 2);
                orElse = List.of(record(1));
                assertThat(journal.rotate(journal.position(), orElse)).isTrue();
                kept = orElse;
                append(journal, 3);
                append(journal, 4);
            } catch (JournalException e) {
                assertThat(e).hasStackTraceContaining("simulated error");
            }
            return journal;
        }

        private void append(Journal journal, int number) {
            orElse = new ArrayList<>(kept);
            orElse.add(record(number));
            journal.append(record(number));
            kept = orElse;
        }
    }

    @Test
    void anErrorAtAnyStepStopsTheJournalForGoodAndLosesNothing() {
        var whole = new SimulatedDisk(0);
        new History().run(whole).close();
        var steps = whole.operations();
        assertThat(steps).isGreaterThan(30);
        Seeds.forEach(
                ROUNDS,
                random -> {
                    for (long step = 1; step <= steps; step++) {
                        var disk = new SimulatedDisk(random.nextLong());
                        disk.failAt(step);
                        var history = new History();
                        run(history, disk);
                        check(history, random.nextBoolean() ? disk : disk.afterPowerCut());
                    }
                });
    }

    private static void run(History history, SimulatedDisk disk) {
        try (var journal = history.run(disk)) {
            var tried = disk.operations();
            // Every later operation would work, but who knows what the first error dropped?
            assertThatThrownBy(() -> journal.append(record(9)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("the swap engine must stop");
            assertThatThrownBy(() -> journal.rotate(journal.position(), List.of()))
                    .isInstanceOf(JournalException.class);
            assertThat(journal.failure()).isCompleted();
            assertThat(disk.operations()).isEqualTo(tried);
        } catch (JournalException e) {
            // An opening failed, or an append before the second one.
            assertThat(e).hasStackTraceContaining("simulated error");
        }
    }

    private static void check(History history, SimulatedDisk disk) throws IOException {
        try (var opened = Opened.on(disk)) {
            assertThat(opened.records()).isIn(history.kept, history.orElse);
            assertThat(opened.journal().fence()).isGreaterThan(history.fence);
            opened.journal().append(record(10));
            assertThat(disk.list()).hasSize(1);
        }
        try (var opened = Opened.on(disk.afterPowerCut())) {
            assertThat(opened.records()).endsWith(record(10));
        }
    }
}
