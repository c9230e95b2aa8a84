package org.p2prmb.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.journal.Opened.record;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// Appends that wait for a slow disk.
@Timeout(20)
final class GroupCommitTest {
    private static final int WAITING = 20;

    /// A disk whose forces of file contents wait for permits.
    private record SlowDisk(SimulatedDisk disk, Semaphore permits, AtomicInteger forces)
            implements Disk {
        SlowDisk() {
            this(new SimulatedDisk(1), new Semaphore(1), new AtomicInteger()); // 1 for the opening.
        }

        @Override
        public List<String> list() throws IOException {
            return disk.list();
        }

        @Override
        public byte[] read(String name, int bytesMax) throws IOException {
            return disk.read(name, bytesMax);
        }

        @Override
        public File create(String name) throws IOException {
            var file = disk.create(name);
            return new File() {
                @Override
                public void append(ByteBuffer bytes) throws IOException {
                    file.append(bytes);
                }

                @Override
                public void force() throws IOException {
                    forces.incrementAndGet();
                    permits.acquireUninterruptibly();
                    file.force();
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            disk.delete(name);
        }

        @Override
        public void forceNames() throws IOException {
            disk.forceNames();
        }
    }

    @Test
    void allThatWaitAtOneTimeAreForcedTogether() throws Exception {
        var disk = new SlowDisk();
        try (var opened = Opened.on(disk);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var journal = opened.journal();
            var first = threads.submit(() -> journal.append(record(0)));
            awaitForces(disk, 2);
            var others = new ArrayList<Future<Long>>();
            for (int i = 1; i <= WAITING; i++) {
                var number = i;
                others.add(threads.submit(() -> journal.append(record(number))));
                awaitWaiting(journal, i);
            }
            assertThat(first.isDone()).isFalse();
            disk.permits.release();
            assertThat(first.get()).isEqualTo(1);
            awaitForces(disk, 3);
            assertThat(others).noneMatch(Future::isDone); // None before its own force.
            disk.permits.release();
            for (int i = 0; i < WAITING; i++) {
                assertThat(others.get(i).get()).isEqualTo(i + 2);
            }
            assertThat(disk.forces).hasValue(3);
        }
        try (var opened = Opened.on(disk.disk.afterPowerCut())) {
            var expected = IntStream.rangeClosed(0, WAITING).mapToObj(Opened::record).toList();
            assertThat(opened.records()).isEqualTo(expected);
        }
    }

    @Test
    void moreThanMayWaitAreRefusedAtTheDoor() throws Exception {
        var disk = new SlowDisk();
        var config = new JournalConfig(1 << 20, 1 << 20, 2, Duration.ofMinutes(1));
        try (var journal = Journal.open(disk, config, Opened.KINDS, _ -> {});
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var appends = new ArrayList<Future<Long>>();
            appends.add(threads.submit(() -> journal.append(record(0))));
            awaitForces(disk, 2);
            for (int i = 1; i <= 2; i++) {
                var number = i;
                appends.add(threads.submit(() -> journal.append(record(number))));
                awaitWaiting(journal, i);
            }
            assertThatThrownBy(() -> journal.append(record(3)))
                    .isInstanceOf(JournalFullException.class)
                    .hasMessageContaining("2 requests wait for the disk already");
            disk.permits.release(2);
            for (int i = 0; i <= 2; i++) {
                assertThat(appends.get(i).get()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void aDiskThatTakesTooLongFailsTheJournal() throws Exception {
        var disk = new SlowDisk();
        var config = new JournalConfig(1 << 20, 1 << 20, 2, Duration.ofMillis(50));
        try (var journal = Journal.open(disk, config, Opened.KINDS, _ -> {})) {
            assertThatThrownBy(() -> journal.append(record(0)))
                    .isInstanceOf(JournalException.class)
                    .hasStackTraceContaining("the disk took longer than PT0.05S");
            disk.permits.release();
            assertThatThrownBy(() -> journal.append(record(1)))
                    .isInstanceOf(JournalException.class);
            assertThat(journal.failure()).isCompleted();
        }
    }

    @Test
    void whoWaitsWhenTheDiskFailsHearsOfIt() throws Exception {
        var disk = new SlowDisk();
        try (var opened = Opened.on(disk);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var failure = new CompletableFuture<JournalException>();
            opened.journal().failure().thenAccept(failure::complete);
            var appends = new ArrayList<Future<Long>>();
            appends.add(threads.submit(() -> opened.journal().append(record(0))));
            awaitForces(disk, 2);
            appends.add(threads.submit(() -> opened.journal().append(record(1))));
            awaitWaiting(opened.journal(), 1);
            var failing = disk.disk.operations() + 1;
            disk.disk.failAt(failing);
            disk.permits.release();
            for (var append : appends) {
                assertThatThrownBy(append::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(JournalException.class);
            }
            assertThat(failure.get()).hasMessageContaining("writing");
            assertThat(disk.disk.operations()).isEqualTo(failing); // The second is not tried.
        }
    }

    private static void awaitForces(SlowDisk disk, int forces) {
        await(() -> disk.forces.get() >= forces);
    }

    private static void awaitWaiting(Journal journal, int waiting) {
        await(() -> journal.waiting() >= waiting);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new AssertionError("the time is over"); // Of the class's annotation.
            }
            Thread.onSpinWait();
        }
    }
}
