package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.ReportShelf;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.Stamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Makes our own stamp in the background, and checks those of others one after another: each costs
/// a tenth of a second and 64 MiB.
final class Stamps implements AutoCloseable {
    /// Reporters that wait; more have to show their stamp again.
    private static final int WAITING_MAX = 256;

    /// A short-lived agent needs no stamp.
    private static final Duration BEFORE_MAKING = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(Stamps.class);

    private final PeerId self;
    private final Stamp stamp;
    private final ReportShelf shelf;
    private final Consumer<SignedReport> right;
    private final Consumer<Throwable> died;
    private final BlockingQueue<SignedReport> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread checking = thread("stamps", this::check);
    private final Thread making = thread("own stamp", this::make);
    private volatile long own;

    /// @param right hears of reports whose reporters' stamps are right
    /// @param died hears of a failure of our own
    Stamps(
            PeerId self,
            Stamp stamp,
            ReportShelf shelf,
            Consumer<SignedReport> right,
            Consumer<Throwable> died) {
        this.self = self;
        this.stamp = stamp;
        this.shelf = shelf;
        this.right = right;
        this.died = died;
    }

    private static Thread thread(String name, Runnable work) {
        // Hashing is all they do, so they are no virtual threads, which would take turns.
        return Thread.ofPlatform().daemon().name(name).unstarted(work);
    }

    /// @param known the stamps that were found right before
    void start(Map<PeerId, Long> known) {
        own = known.getOrDefault(self, 0L);
        if (stamp.needed()) {
            checking.start();
            if (own == 0) {
                making.start();
            }
        }
    }

    /// Our own stamp; 0 while there is none.
    long own() {
        return own;
    }

    /// Looks at the reporter's stamp when it has time.
    void look(SignedReport report) {
        if (stamp.needed() && report.report().stamp() != 0 && !waiting.offer(report)) {
            log.debug("too many stamps to check: one is left out");
        }
    }

    /// Looks at the reporter's stamp now.
    synchronized boolean fits(SignedReport report) {
        return stamp.fits(report.report().reporter(), report.report().stamp());
    }

    private void check() {
        run(() -> {
            while (closed.getCount() > 0) {
                var report = waiting.take();
                if (fits(report)) {
                    shelf.putStamp(report.report().reporter(), report.report().stamp());
                    right.accept(report);
                }
            }
        });
    }

    private void make() {
        run(() -> {
            if (closed.await(BEFORE_MAKING.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
            var start = System.nanoTime();
            long made = stamp.find(self, new SecureRandom().nextLong());
            shelf.putStamp(self, made);
            own = made;
            log.info(
                    "our stamp is made: it took {} s", (System.nanoTime() - start) / 1_000_000_000);
        });
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closed.
        } catch (RuntimeException | Error e) { // Supervisor
            if (closed.getCount() > 0) {
                died.accept(e);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        checking.interrupt();
        making.interrupt();
    }
}
