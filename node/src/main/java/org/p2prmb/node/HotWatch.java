package org.p2prmb.node;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Has the hot contacts chosen anew after each change, at most once a second, and now and then.
final class HotWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration ROUND_MAX = Duration.ofMinutes(1);

    private final HotContacts contacts;
    private final Consumer<Set<PeerId>> told;
    private final Consumer<Throwable> died;
    private final Duration round;
    private final Semaphore changes = new Semaphore(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /// @param told hears of every choice, the same one again included
    /// @param interval of our leases: with short ones everything goes faster
    /// @param died hears of a failure of our own
    HotWatch(
            HotContacts contacts,
            Consumer<Set<PeerId>> told,
            Duration interval,
            Consumer<Throwable> died) {
        this.contacts = contacts;
        this.told = told;
        this.died = died;
        var twice = interval.multipliedBy(2);
        this.round = twice.compareTo(ROUND_MAX) < 0 ? twice : ROUND_MAX;
        this.thread = Thread.ofVirtual().name("hot contacts").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Something has changed.
    void look() {
        if (changes.availablePermits() == 0) {
            changes.release(); // A few too many do no harm.
        }
    }

    private void run() {
        try {
            do {
                changes.drainPermits();
                told.accept(contacts.choose());
                if (closed.await(PAUSE.toNanos(), NANOSECONDS)) {
                    return;
                }
                // A new contact is in the book a moment after the change that brought it.
            } while (changes.tryAcquire(round.toNanos(), NANOSECONDS) || closed.getCount() > 0);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closed.
        } catch (RuntimeException | Error e) { // Supervisor
            died.accept(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
