package org.p2prmb.node.swap;

import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Terms;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Whether our clock, the chains' and the peer's agree so far that deadlines mean the same to all
/// (R15). Nobody opens a swap when they do not.
final class ClockCheck {
    /// Miners may be ahead, and nobody's clock is exact.
    private static final Duration AHEAD_MAX = Duration.ofMinutes(10);

    private ClockCheck() {}

    /// What is wrong between our clock and the newest block of a chain; nothing if nothing is.
    static Optional<String> against(Ledger ledger, Instant now) throws LedgerException {
        var height = ledger.tip().height();
        var block = ledger.block(height);
        if (block.isEmpty()) {
            return Optional.of("the node of %s lacks its newest block".formatted(ledger.chain()));
        }
        var time = block.get().time();
        var pace = ledger.pace(1);
        // A block is late at times, but not later than any transaction may be.
        var late = pace.confirm().plus(pace.bury()).plus(pace.lag()).plus(AHEAD_MAX);
        if (time.isAfter(now.plus(AHEAD_MAX)) || time.isBefore(now.minus(late))) {
            return Optional.of(
                    ("the newest block of %s is of %s and our clock says %s: set the clock, or see"
                                    + " whether the node has all blocks")
                            .formatted(ledger.chain(), time, now));
        }
        return Optional.empty();
    }

    /// What is wrong between our clock and that of a contract's seller.
    ///
    /// @param expectedAt when we began to wait for the contract
    static Optional<String> against(Terms terms, Instant expectedAt, Instant now) {
        var created = terms.created();
        return created.isAfter(now.plus(SwapConfig.SKEW))
                        || created.isBefore(expectedAt.minus(SwapConfig.SKEW))
                ? Optional.of(
                        "the seller's clock says %s, ours %s: one of them is wrong"
                                .formatted(created, now))
                : Optional.empty();
    }
}
