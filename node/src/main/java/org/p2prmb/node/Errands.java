package org.p2prmb.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Work that waits for the network or the disk, each piece on a virtual thread of its own.
///
/// The loops hand it over, because they must not wait. A failure of our own in it ends the agent,
/// as one in a loop does.
final class Errands implements AutoCloseable {
    /// Pieces that run at once; more wait for their turn.
    private static final int RUNNING_MAX = 256;

    /// Pieces that run or wait.
    private static final int PENDING_MAX = 8_192;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private static final Logger log = LoggerFactory.getLogger(Errands.class);

    private final Semaphore room = new Semaphore(PENDING_MAX);
    private final Semaphore turns = new Semaphore(RUNNING_MAX);
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("errand").factory());
    private final Consumer<Throwable> died;

    /// @param died hears of a failure of our own
    Errands(Consumer<Throwable> died) {
        this.died = died;
    }

    /// One piece of work.
    interface Errand {
        void run() throws InterruptedException;
    }

    /// Runs the errand soon; false when there is too much to do or we are closed.
    boolean start(Errand errand) {
        if (!room.tryAcquire()) {
            log.warn("too much to do at once: some of it is left out");
            return false;
        }
        try {
            threads.execute(() -> run(errand));
            return true;
        } catch (RejectedExecutionException _) {
            room.release();
            return false; // Closed.
        }
    }

    private void run(Errand errand) {
        try {
            turns.acquire();
            try {
                errand.run();
            } finally {
                turns.release();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closing: the errand is over.
        } catch (RuntimeException | Error e) { // Supervisor
            if (!threads.isShutdown()) {
                died.accept(e);
            }
        } finally {
            room.release();
        }
    }

    /// Interrupts what runs and waits for it, at most 3 seconds.
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("some work did not end within {}", CLOSE_LIMIT);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
