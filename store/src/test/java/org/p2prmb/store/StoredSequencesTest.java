package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.Samples.NOW;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

final class StoredSequencesTest {
    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();

    @Test
    void numbersGrowWithinARunAndOverRestarts() {
        var last = NOW.toEpochMilli() - 1;
        for (int run = 0; run < 3; run++) {
            try (var store = open()) {
                for (int i = 0; i < 250; i++) {
                    var next = store.sequences().next("contact");
                    assertThat(next).isGreaterThan(last);
                    last = next;
                }
            }
            clock.set(NOW.minusSeconds(3_600)); // A clock set back changes nothing.
        }
    }

    @Test
    void eachNameHasItsOwnNumbers() {
        try (var store = open()) {
            var first = store.sequences().next("a");
            assertThat(store.sequences().next("b")).isEqualTo(first);
            assertThat(store.sequences().next("a")).isEqualTo(first + 1);
            assertThatThrownBy(() -> store.sequences().next(""))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void noNumberIsGivenTwice() throws Exception {
        try (var store = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<Long>>();
            for (int i = 0; i < 500; i++) {
                calls.add(() -> store.sequences().next("contact"));
            }
            var numbers = new TreeSet<Long>();
            for (var number : threads.invokeAll(calls)) {
                numbers.add(number.get());
            }
            assertThat(numbers).hasSize(500);
        }
    }

    private Store open() {
        return Store.open(folder.resolve("data"), Samples.config(), clock);
    }
}
