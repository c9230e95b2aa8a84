package org.p2prmb.protocols.swap;

import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// By when each step of a swap must be done, so that nobody can lose more than fees (decision 21 in
/// docs/decisions.md explains the margins).
///
/// ```text
/// created  lockABy  fundBBy  lockBBy  revealBy         T2                        T1
///    |--------|--------|--------|--------|--------------|-------------------------|
///     h + A's   h        B's      h        B's + skew     B's lag, B's, down, A's, skew
/// ```
///
/// "A's" is the time in which a transaction is confirmed and buried on chain A, h that of handling.
///
/// @param lockABy when the lock on A has its depth
/// @param fundBBy after which the buyer does not lock any more
/// @param lockBBy when the lock on B has its depth
/// @param revealBy after which the seller does not show the secret any more
/// @param refundB T2, from when the buyer can take back
/// @param refundA T1, from when the seller can take back
public record Deadlines(
        Instant lockABy,
        Instant fundBBy,
        Instant lockBBy,
        Instant revealBy,
        Instant refundB,
        Instant refundA) {
    /// Nobody's coins are locked for longer.
    public static final Duration LOCKED_MAX = Duration.ofDays(3);

    public Deadlines {
        Limits.require(
                !fundBBy.isBefore(lockABy)
                        && !lockBBy.isBefore(fundBBy)
                        && !revealBy.isBefore(lockBBy)
                        && revealBy.isBefore(refundB)
                        && refundB.isBefore(refundA),
                "the deadlines of a swap follow each other");
    }

    /// What the margins are made of.
    ///
    /// @param a of the chain of the seller's lock
    /// @param b of the chain of the buyer's
    /// @param handling that each side may take for one step
    /// @param skew between the clocks of the two and of the chains
    /// @param down how long a side may be down: D
    public record Margins(Pace a, Pace b, Duration handling, Duration skew, Duration down) {}

    /// The tightest deadlines that keep the margins.
    public static Deadlines of(Instant created, Margins margins) {
        var handling = margins.handling();
        var lockABy = wholeSeconds(created).plus(handling).plus(margins.a().settle());
        var fundBBy = lockABy.plus(handling);
        var lockBBy = fundBBy.plus(margins.b().settle());
        var revealBy = lockBBy.plus(handling);
        var refundB = revealBy.plus(revealMargin(margins));
        return new Deadlines(
                lockABy, fundBBy, lockBBy, revealBy, refundB, refundB.plus(redeemMargin(margins)));
    }

    private static Instant wholeSeconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    /// From the last reveal until the buyer can take back: a redeem is confirmed and buried.
    private static Duration revealMargin(Margins margins) {
        return margins.b().settle().plus(margins.skew());
    }

    /// From there until the seller can take back: the buyer learns the secret as late as its own
    /// refund could be confirmed, is down, and redeems.
    private static Duration redeemMargin(Margins margins) {
        return margins.b()
                .lag()
                .plus(margins.b().settle())
                .plus(margins.down())
                .plus(margins.a().settle())
                .plus(margins.skew());
    }

    /// Whether each margin is at least ours, and nothing is locked for too long (R10).
    ///
    /// @param created when the terms say that they were made
    public boolean keep(Instant created, Margins ours) {
        return !lockABy.isBefore(created.plus(ours.a().settle()))
                && !lockBBy.isBefore(fundBBy.plus(ours.b().settle()))
                && !refundB.isBefore(revealBy.plus(revealMargin(ours)))
                && !refundA.isBefore(refundB.plus(redeemMargin(ours)))
                && !refundA.isAfter(created.plus(LOCKED_MAX));
    }

    /// From T2 to T1: as long as that, a refund of A may take to be confirmed at rising fees.
    Duration span() {
        return Duration.between(refundB, refundA);
    }

    Canonical into(Canonical fields) {
        return fields.longNumber(lockABy.getEpochSecond())
                .longNumber(fundBBy.getEpochSecond())
                .longNumber(lockBBy.getEpochSecond())
                .longNumber(revealBy.getEpochSecond());
    }
}
