package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What a chain's blocks of some time hold of one lock, for judging what others did.
final class PastLock {
    /// Blocks may be as much earlier, by their own word, than they were made.
    private static final Duration EARLY = Duration.ofHours(2);

    private final Ledger ledger;
    private final Leg leg;
    private final long top;
    private final Optional<LockPast> lock;

    private PastLock(Ledger ledger, Leg leg, long top, Optional<LockPast> lock) {
        this.ledger = ledger;
        this.leg = leg;
        this.top = top;
        this.lock = lock;
    }

    /// Reads the blocks from when the contract was made until then.
    static PastLock of(Ledger ledger, Leg leg, Bytes hash, Instant created, Instant until)
            throws LedgerException {
        long from = above(ledger, created.minus(EARLY));
        long to = above(ledger, until) - 1;
        return new PastLock(
                ledger,
                leg,
                ledger.tip().height(),
                from > to ? Optional.empty() : ledger.past(leg, hash, from, to));
    }

    /// The first block that is later, found by halves; above the tip when there is none.
    private static long above(Ledger ledger, Instant time) throws LedgerException {
        long low = 0;
        long high = ledger.tip().height() + 1;
        while (low < high) {
            long middle = (low + high) / 2;
            if (time(ledger, middle).isAfter(time)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private static Instant time(Ledger ledger, long height) throws LedgerException {
        return ledger.block(height)
                .orElseThrow(() -> new LedgerException("the node lacks block " + height))
                .time();
    }

    boolean isThere() {
        return lock.isPresent();
    }

    boolean isCalled(Bytes ref) {
        return lock.filter(found -> found.ref().equals(ref)).isPresent();
    }

    /// Whether it had its depth by then, by the time of the block that completed it.
    boolean isBuriedBy(Instant time) throws LedgerException {
        if (lock.isEmpty()) {
            return false;
        }
        long complete = lock.get().height() + leg.depth() - 1;
        return complete <= top && !time(ledger, complete).isAfter(time);
    }

    /// Whether it was redeemed, or else taken back, and that is buried.
    boolean hasEnded(boolean redeemed) {
        return lock.flatMap(LockPast::ending)
                .filter(ending -> ending.redeemed() == redeemed)
                .filter(ending -> top - ending.height() + 1 >= leg.depth())
                .isPresent();
    }
}
