package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.exchange.Surroundings.Identities;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportShelf;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.Stamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Makes our own stamp in the background, and checks those of others one after another: each costs
/// a tenth of a second and 64 MiB. Bidders take turns by where they come from, and all reporters
/// together are one of them, as are all notices of faults, so nobody's flood of stamps keeps others
/// waiting for long.
///
/// Safe for many threads.
final class Stamps implements Identities, AutoCloseable {
    private static final int WAITING_MAX = 512;

    /// Reporters that wait; more have to show their stamp again.
    private static final int REPORTERS_MAX = 256;

    /// Bidders of one address that wait: less than two seconds' work.
    private static final int BIDDERS_MAX = 16;

    /// Notices of faults that wait for a stamp's check; more are ignored.
    private static final int NOTICES_MAX = 8;

    /// Wrong stamps that are remembered, so that they cost us one hash.
    private static final int WRONG_MAX = 4_096;

    /// A short-lived agent that buys nothing needs no stamp.
    private static final Duration BEFORE_MAKING = Duration.ofMinutes(2);

    private static final Bytes REPORTERS = Bytes.utf8("reporters");
    private static final Bytes NOTICES = Bytes.utf8("notices");
    private static final Logger log = LoggerFactory.getLogger(Stamps.class);

    private final PeerId self;
    private final Stamp stamp;
    private final ReportShelf shelf;
    private final Predicate<PeerId> known;
    private final Consumer<PeerId> right;
    private final Runnable made;
    private final Consumer<Throwable> died;
    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread checking = thread("stamps", this::check);
    private final Thread making = thread("own stamp", this::make);
    private volatile long own;

    private final Object queue = new Object();

    // Guarded by the queue.
    private final Turns<Bytes, Shown> waiting = new Turns<>(WAITING_MAX);
    private final Set<Claim> bidders = new HashSet<>(); // That wait.
    private final SequencedMap<Claim, Boolean> wrong = new LinkedHashMap<>();

    private record Claim(PeerId peer, long number) {}

    private record Shown(Claim claim, Consumer<Boolean> then) {}

    /// @param known whether a stamp of this peer was found right before
    /// @param right hears of others whose stamps are right
    /// @param made runs once our own stamp is made
    /// @param died hears of a failure of our own
    Stamps(
            PeerId self,
            Stamp stamp,
            ReportShelf shelf,
            Predicate<PeerId> known,
            Consumer<PeerId> right,
            Runnable made,
            Consumer<Throwable> died) {
        this.self = self;
        this.stamp = stamp;
        this.shelf = shelf;
        this.known = known;
        this.right = right;
        this.made = made;
        this.died = died;
    }

    private static Thread thread(String name, Runnable work) {
        // Hashing is all they do, so they are no virtual threads, which would take turns.
        return Thread.ofPlatform().daemon().name(name).unstarted(work);
    }

    /// @param found the stamps that were found right before
    void start(Map<PeerId, Long> found) {
        own = found.getOrDefault(self, 0L);
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

    @Override
    public OptionalLong toBid() {
        if (stamp.needed() && own == 0) {
            wanted.countDown();
            return OptionalLong.empty();
        }
        return OptionalLong.of(own);
    }

    @Override
    public boolean isKnown(PeerId bidder) {
        return known.test(bidder);
    }

    @Override
    public boolean mayBeRight(PeerId bidder, long number) {
        synchronized (queue) {
            return number != 0 && !wrong.containsKey(new Claim(bidder, number));
        }
    }

    @Override
    public boolean look(Bytes source, PeerId bidder, long number, Consumer<Boolean> then) {
        var claim = new Claim(bidder, number);
        synchronized (queue) {
            if (!bidders.add(claim)) {
                return true; // It waits already.
            }
        }
        boolean waits = look(source, new Shown(claim, then), BIDDERS_MAX);
        if (!waits) {
            forget(claim);
        }
        return waits;
    }

    private void forget(Claim claim) {
        synchronized (queue) {
            bidders.remove(claim);
        }
    }

    /// Looks at the reporter's stamp when it has time.
    ///
    /// @param right runs when it is
    void look(SignedReport report, Runnable right) {
        var claim = new Claim(report.report().reporter(), report.report().stamp());
        Consumer<Boolean> then =
                isRight -> {
                    if (isRight) {
                        right.run();
                    }
                };
        if (stamp.needed()
                && mayBeRight(claim.peer(), claim.number())
                && !look(REPORTERS, new Shown(claim, then), REPORTERS_MAX)) {
            log.debug("too many stamps to check: one is left out");
        }
    }

    private boolean look(Bytes source, Shown shown, int mostOfOne) {
        Turns.Added<Shown> added;
        synchronized (queue) {
            added = waiting.add(source, shown, mostOfOne);
            queue.notifyAll();
        }
        added.pushedOut()
                .ifPresent(other -> {
                    forget(other.claim());
                    other.then().accept(false);
                });
        return added.added();
    }

    /// Whether the report has a stamp, right or not, or needs none.
    boolean isShownBy(Report report) {
        return !stamp.needed() || report.stamp() != 0;
    }

    /// Whether the reporter's stamp is known to be right, or worth a look.
    boolean mayBeRight(SignedReport report) {
        var peer = report.report().reporter();
        return known.test(peer) || mayBeRight(peer, report.report().stamp());
    }

    /// Whether the reporter's stamp is known to be right, or found so within that time. False as
    /// well when too many others wait; what is found later is remembered.
    boolean isRight(SignedReport report, Duration patience) {
        var claim = new Claim(report.report().reporter(), report.report().stamp());
        if (known.test(claim.peer())) {
            return true;
        }
        var found = new CompletableFuture<Boolean>();
        if (!mayBeRight(claim) || !look(NOTICES, new Shown(claim, found::complete), NOTICES_MAX)) {
            return false;
        }
        return found.completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private Shown next() throws InterruptedException {
        synchronized (queue) {
            var next = waiting.next();
            while (next.isEmpty()) {
                queue.wait();
                next = waiting.next();
            }
            bidders.remove(next.get().claim());
            return next.get();
        }
    }

    private void check() {
        run(() -> {
            while (closed.getCount() > 0) {
                look(next());
            }
        });
    }

    private void look(Shown shown) {
        var claim = shown.claim();
        boolean isKnown = known.test(claim.peer()); // By a number that was looked at.
        boolean isRight = !isKnown && mayBeRight(claim) && stamp.fits(claim.peer(), claim.number());
        if (isRight) {
            shelf.putStamp(claim.peer(), claim.number());
            right.accept(claim.peer());
        } else if (!isKnown) {
            synchronized (queue) {
                wrong.put(claim, true);
                if (wrong.size() > WRONG_MAX) {
                    wrong.pollFirstEntry();
                }
            }
        }
        shown.then().accept(isKnown || isRight);
    }

    private boolean mayBeRight(Claim claim) {
        return mayBeRight(claim.peer(), claim.number());
    }

    private void make() {
        run(() -> {
            if (wanted.await(BEFORE_MAKING.toSeconds(), TimeUnit.SECONDS)) {
                log.info("our stamp is made now, for the owner wants to bid");
            }
            var start = System.nanoTime();
            long number = stamp.find(self, new SecureRandom().nextLong());
            shelf.putStamp(self, number);
            own = number;
            log.info(
                    "our stamp is made: it took {} s", (System.nanoTime() - start) / 1_000_000_000);
            made.run();
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
