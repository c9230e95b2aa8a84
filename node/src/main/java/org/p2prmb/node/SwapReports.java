package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.swap.ChainEvidence;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Stage;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEvidence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Reports what the other party of each swap did, once that is over (R35): that it settled, or what
/// the chains prove against it, or else an opinion.
///
/// Some is proven only later than the swap is over for us: the other side may still redeem or take
/// back. So each is looked at again until its time is up. What was not reported yet is found again
/// after a restart.
final class SwapReports implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SwapReports.class);
    private static final int WAITING_MAX = 512;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /// Chains are read for each look at one swap, so these become rare.
    private static final Duration PAUSE_FIRST = Duration.ofSeconds(20);

    private static final Duration PAUSE_MAX = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofDays(1);

    private final PeerId self;
    private final ChainEvidence evidence;
    private final Reputation reputation;
    private final InstantSource clock;
    private final Consumer<Throwable> died;
    private final BlockingQueue<Optional<Swap>> ended = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Waiting> waiting = new ArrayList<>(); // Of the one thread.
    private final Thread thread = Thread.ofVirtual().name("swap reports").unstarted(this::run);
    private volatile boolean closed;

    private record Waiting(Swap swap, Instant next, Duration pause) {
        Waiting later(Instant now) {
            var doubled = pause.multipliedBy(2);
            return new Waiting(
                    swap, now.plus(pause), doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX);
        }
    }

    /// @param clock by which swaps are made
    SwapReports(
            PeerId self,
            ChainEvidence evidence,
            Reputation reputation,
            InstantSource clock,
            Consumer<Throwable> died) {
        this.self = self;
        this.evidence = evidence;
        this.reputation = reputation;
        this.clock = clock;
        this.died = died;
    }

    /// @param known swaps, of which some may have ended and not been reported
    void start(Collection<Swap> known) {
        known.stream().filter(Swap::isOver).forEach(this::add);
        thread.start();
    }

    /// A swap has ended. Does not wait.
    void add(Swap swap) {
        if (isReported(swap) && !isLate(swap) && !ended.offer(Optional.of(swap))) {
            log.warn("too many swaps end at once: one is reported after the next start");
        }
    }

    /// Nobody is blamed for a swap that was called off before both were bound.
    private static boolean isReported(Swap swap) {
        return switch (Stage.of(swap)) {
            case SETTLED, REFUNDED -> swap.deal().buyerSigned().size() > 0;
            default -> false;
        };
    }

    private Instant patience(Swap swap) {
        return swap.deal().terms().deadlines().refundA().plus(PATIENCE);
    }

    /// Later, chains and others have forgotten it.
    private boolean isLate(Swap swap) {
        return clock.instant().isAfter(patience(swap).plus(PATIENCE));
    }

    private void run() {
        try {
            while (!closed) {
                var next = ended.poll(LOOK_EVERY.toSeconds(), TimeUnit.SECONDS);
                if (next != null && waiting.size() < WAITING_MAX) {
                    next.map(swap -> new Waiting(swap, clock.instant(), PAUSE_FIRST))
                            .ifPresent(waiting::add);
                }
                lookAgain();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) { // Supervisor
            if (!closed) {
                died.accept(e);
            }
        }
    }

    private void lookAgain() {
        var now = clock.instant();
        var due = waiting.stream().filter(one -> !one.next().isAfter(now)).toList();
        waiting.removeAll(due);
        for (var one : due) {
            if (!isDone(one.swap())) {
                waiting.add(one.later(now));
            }
        }
    }

    private boolean isDone(Swap swap) {
        var terms = swap.deal().terms();
        var seller = swap instanceof SellerSwap;
        var subject = seller ? terms.buyer() : terms.seller();
        if (reputation.hasReported(subject, terms.id())) {
            return true;
        }
        var kind =
                switch (Stage.of(swap)) {
                    case SETTLED -> ReportKind.SETTLED;
                    default -> seller ? ReportKind.NO_FUNDING : ReportKind.FREE_OPTION;
                };
        // Both must have been taken back, and the seller's turn comes last.
        if (kind == ReportKind.FREE_OPTION
                && clock.instant().isBefore(terms.deadlines().refundA())) {
            return false;
        }
        if (evidence.weigh(report(swap, subject, kind, 0)) instanceof Finding.Verified) {
            sign(swap, subject, kind);
            return true;
        }
        if (clock.instant().isAfter(patience(swap))) {
            sign(swap, subject, kind == ReportKind.SETTLED ? kind : ReportKind.SOFT);
            return true;
        }
        return false;
    }

    private void sign(Swap swap, PeerId subject, ReportKind kind) {
        try {
            var filed = reputation.report(sequence -> report(swap, subject, kind, sequence));
            log.info("reported of {}: {}", subject.shortText(), filed.report().kind());
        } catch (IllegalArgumentException e) {
            log.warn("no report of {}: {}", subject.shortText(), e.getMessage());
        }
    }

    private Report report(Swap swap, PeerId subject, ReportKind kind, long sequence) {
        var terms = swap.deal().terms();
        return new Report(
                self,
                subject,
                kind,
                terms.usdCents(),
                terms.id(),
                terms.id(),
                kind == ReportKind.SOFT ? Bytes.EMPTY : SwapEvidence.of(swap.deal()).encoded(),
                sequence,
                ChainEvidence.epoch(terms, ReputationBook.epoch(clock.instant())),
                0);
    }

    /// Wakes the thread rather than interrupting it, which a store would take badly.
    @Override
    public void close() {
        closed = true;
        var _ = ended.offer(Optional.empty());
    }
}
