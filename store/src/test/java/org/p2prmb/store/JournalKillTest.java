package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.store.journal.JournalConfig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// The journal of a store on a real disk. `-Druns=N` kills N times instead of 5.
final class JournalKillTest {
    private static final int LINES_MAX = 2_000;

    @TempDir Path folder;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void nothingThatWasPromisedIsLostWhenTheProcessIsKilled() throws Exception {
        var random = new SplittableRandom(Long.getLong("seed", 1));
        var fence = 0L;
        var generation = 0L;
        var promised = new HashMap<Integer, Integer>();
        for (int round = 0; round < Integer.getInteger("runs", 5); round++) {
            var lines = lines(1 + random.nextInt(LINES_MAX));
            var its = Long.parseLong(lines.getFirst().substring("fence ".length()));
            assertThat(its).isGreaterThan(fence);
            for (var line : lines.subList(1, lines.size())) {
                var words = line.split(" ", -1);
                promised.put(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
            }
            try (var store = Store.open(data(), Samples.config())) {
                var found = new HashMap<Integer, Integer>();
                var journal = JournalVictim.open(store, found);
                check(found, promised);
                promised.putAll(found);
                fence = journal.fence();
                assertThat(fence).isGreaterThan(its);
                generation = journal.generation();
            }
        }
        assertThat(generation).as("rotations beside openings").isGreaterThan(fence);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aSecondProcessCannotOpenTheJournal() throws Exception {
        try (var child = new Child(JournalVictim.class, data().toString())) {
            assertThat(child.line()).isEqualTo("fence 1");
            assertThatThrownBy(() -> Store.open(data(), Samples.config()))
                    .isInstanceOf(StoreLockedException.class)
                    .hasMessageContaining("pid " + child.pid());
        }
        try (var store = Store.open(data(), Samples.config())) {
            assertThat(JournalVictim.open(store, new HashMap<>()).fence()).isEqualTo(2);
        }
    }

    @Test
    void oneJournalIsOpenAtATimeAndEndsWithTheStore() throws Exception {
        var store = Store.open(data(), Samples.config());
        var journal = JournalVictim.open(store, new HashMap<>());
        assertThatThrownBy(() -> JournalVictim.open(store, new HashMap<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open already");
        journal.close();
        var next = JournalVictim.open(store, new HashMap<>());
        assertThat(next.fence()).isEqualTo(2);
        assertThat(Files.exists(data().resolve("rmb.journal-2"))).isTrue();
        assertThat(Files.exists(data().resolve("rmb.journal-1"))).isFalse();
        store.close();
        assertThat(next.isClosed()).isTrue();
        assertThatThrownBy(() -> JournalVictim.open(store, new HashMap<>()))
                .hasMessageContaining("the store is closed");
    }

    @Test
    void theJournalOutlivesTheDatabase() throws Exception {
        try (var store = Store.open(data(), Samples.config())) {
            JournalVictim.open(store, new HashMap<>());
        }
        Files.write(data().resolve("rmb.mv.db"), new byte[10_000]);
        try (var store = Store.open(data(), Samples.config())) {
            assertThat(store.rebuilt()).isTrue();
            assertThat(JournalVictim.open(store, new HashMap<>()).fence()).isEqualTo(2);
        }
    }

    @Test
    void aDamagedFileIsNamedWithItsPath() throws Exception {
        try (var store = Store.open(data(), Samples.config())) {
            JournalVictim.open(store, new HashMap<>());
        }
        var file = data().resolve("rmb.journal-1");
        Files.write(file, new byte[10]);
        try (var store = Store.open(data(), Samples.config())) {
            assertThatThrownBy(() -> store.openJournal(JournalConfig.defaults(), Set.of(), _ -> {}))
                    .hasMessageContaining("rmb.journal-1 in " + data().toRealPath())
                    .hasMessageContaining("offset 10");
        }
    }

    private List<String> lines(int beforeTheKill) throws Exception {
        try (var child = new Child(JournalVictim.class, data().toString())) {
            var lines = new ArrayList<String>();
            for (int i = 0; i <= beforeTheKill; i++) {
                lines.add(child.line());
            }
            lines.addAll(child.kill());
            return lines;
        }
    }

    private static void check(Map<Integer, Integer> found, Map<Integer, Integer> promised) {
        for (int thread = 0; thread < JournalVictim.THREADS; thread++) {
            int last = promised.getOrDefault(thread, 0);
            // The kill may have come between an append and its promise.
            assertThat(found.getOrDefault(thread, 0)).isIn(last, last + 1);
        }
    }

    private Path data() {
        return folder.resolve("data");
    }
}
