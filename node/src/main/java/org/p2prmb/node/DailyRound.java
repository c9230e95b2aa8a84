package org.p2prmb.node;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs a piece of work soon after each midnight (UTC), on a thread of its own.
final class DailyRound implements AutoCloseable {
    private static final long LOOKING_MINUTES = 10;

    private final String name;
    private final Runnable work;
    private final InstantSource clock;
    private final Consumer<Throwable> died;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /// @param died hears of a failure of our own
    DailyRound(String name, Runnable work, InstantSource clock, Consumer<Throwable> died) {
        this.name = name;
        this.work = work;
        this.clock = clock;
        this.died = died;
        thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private long day() {
        return Math.floorDiv(clock.instant().getEpochSecond(), Duration.ofDays(1).toSeconds());
    }

    private void run() {
        try {
            var day = day();
            while (!closed.await(LOOKING_MINUTES, TimeUnit.MINUTES)) {
                if (day() != day) {
                    work.run();
                    day = day();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closed.
        } catch (RuntimeException | Error e) { // Supervisor
            if (closed.getCount() > 0) {
                died.accept(new IllegalStateException(name + " failed", e));
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
