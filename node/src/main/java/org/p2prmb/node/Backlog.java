package org.p2prmb.node;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;

/// Work on the disk that must be done in the order in which it was given, on one virtual thread.
///
/// A loop hands it over so as not to wait itself; only when the disk falls far behind does the
/// loop wait for room. A failure of our own ends the agent, as one in a loop does.
final class Backlog implements AutoCloseable {
    private static final int PENDING_MAX = 1_024;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private static final Logger log = LoggerFactory.getLogger(Backlog.class);

    private final ArrayBlockingQueue<Runnable> pending = new ArrayBlockingQueue<>(PENDING_MAX);
    private final Consumer<Throwable> died;
    private final Thread thread;
    private volatile boolean ended;

    /// @param died hears of a failure of our own
    Backlog(String name, Consumer<Throwable> died) {
        this.died = died;
        this.thread = Thread.ofVirtual().name(name).start(this::run);
    }

    /// Does `work` after all that was put before; nothing is done after [#close] or a failure.
    void put(Runnable work) {
        try {
            while (!ended && !pending.offer(work, 100, MILLISECONDS)) {
                log.debug("the disk does not keep up");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Whoever waits here is closing.
        }
    }

    private void run() {
        try {
            while (!ended) {
                pending.take().run();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closed.
        } catch (RuntimeException | Error e) { // Supervisor
            ended = true;
            died.accept(e);
        }
    }

    /// Does what is pending, then ends; waits for that at most 3 seconds.
    @Override
    public void close() {
        put(() -> ended = true);
        try {
            if (!thread.join(CLOSE_LIMIT)) {
                log.warn("the disk did not keep up: some work is left undone");
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
