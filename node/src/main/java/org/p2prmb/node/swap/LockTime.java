package org.p2prmb.node.swap;

import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deadlines.Margins;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Terms;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How long a swap can lock coins at most, until what takes them back is buried.
///
/// It grows with the value, so what holds for a large contract holds for a smaller one.
///
/// @param seller those of whoever makes the contract, by our margins
/// @param buyer those of whoever countersigns it: the longest that we accept of a seller, whose
///     chains, depths and handling may be slower than ours
public record LockTime(Duration seller, Duration buyer) {
    /// As many times our own margins a seller may ask for.
    private static final int PATIENCE = 2;

    /// For a contract of this value.
    public static LockTime of(SwapConfig config, Ledger a, Ledger b, long usdCents) {
        int depthA = config.depth(a.chain(), usdCents);
        int depthB = config.depth(b.chain(), usdCents);
        var margins = margins(config, a, depthA, b, depthB, usdCents);
        var deadlines = Deadlines.of(Instant.EPOCH, margins);
        return new LockTime(
                until(Instant.EPOCH, deadlines.refundA(), margins.a()),
                until(Instant.EPOCH, deadlines.refundB(), margins.b()).multipliedBy(PATIENCE));
    }

    static Margins margins(
            SwapConfig config, Ledger a, int depthA, Ledger b, int depthB, long usdCents) {
        return new Margins(
                a.pace(depthA),
                b.pace(depthB),
                config.handling(),
                SwapConfig.SKEW,
                SwapConfig.survivable(usdCents));
    }

    /// The chain's time is past `refund` later than the clock, and then the refund is to be buried.
    private static Duration until(Instant from, Instant refund, Pace pace) {
        return Duration.between(from, refund)
                .plus(SwapConfig.SKEW)
                .plus(pace.lag())
                .plus(pace.confirm())
                .plus(pace.bury());
    }

    /// Why a contract that we would buy by locks for longer than our owner was told.
    Optional<String> objection(Terms terms, Ledger b, Instant now) {
        var locked = until(now, terms.b().refundAt(), b.pace(terms.b().depth()));
        return locked.compareTo(buyer) > 0
                ? Optional.of(
                        "our coins could be locked for %s, and we accept %s at most"
                                .formatted(text(locked), text(buyer)))
                : Optional.empty();
    }

    private static String text(Duration time) {
        return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }
}
