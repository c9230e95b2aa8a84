package org.p2prmb.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Kills an agent right after it has written something to the journal of its swaps: what it was
/// about to do then may be done, half done, or not done at all.
final class JournalKiller implements AutoCloseable {
    private static final Duration POLL = Duration.ofNanos(200_000);

    private final Trader victim;
    private final Thread thread;
    private volatile int writes;
    private volatile boolean killed;
    private volatile boolean closed;

    /// @param victim whose agent runs
    /// @param write the how-manieth from now on it does not survive
    /// @param after how long it lives on after that
    JournalKiller(Trader victim, int write, Duration after) {
        this.victim = victim;
        thread = Thread.ofPlatform().start(() -> watch(write, after));
    }

    private void watch(int write, Duration after) {
        long size = size();
        while (!closed && !killed) {
            long now = size();
            if (now > size && ++writes == write) {
                LockSupport.parkNanos(after.toNanos());
                victim.kill();
                killed = true;
            }
            size = now;
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private long size() {
        try (var files = Files.list(victim.data())) {
            long size = 0;
            for (var file : files.filter(JournalKiller::isJournal).toList()) {
                size += Files.size(file);
            }
            return size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isJournal(Path file) {
        return String.valueOf(file.getFileName()).startsWith("rmb.journal-");
    }

    boolean hasKilled() {
        return killed;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
