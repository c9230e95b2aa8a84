package org.p2prmb.ledgers.simulated;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Pace;

import java.time.Duration;

/// What kind of chain it is.
///
/// @param coin its own coin, and the only one on it
/// @param block between two blocks
/// @param medianOf blocks whose median time is the chain's: 11 on chains as Bitcoin's (BIP-113), 1
///     on those where the newest block's counts
/// @param confirmBlocks in which a transaction that pays what is asked is at the latest
/// @param fee that a transaction pays when nothing is scarce
/// @param named whether a lock's name follows from its terms, as that of a contract does
public record ChainRules(
        Asset coin, Duration block, int medianOf, int confirmBlocks, long fee, boolean named) {
    public ChainRules {
        Limits.require(block.isPositive() && medianOf > 0 && confirmBlocks > 0, "no chain");
        Limits.require(fee > 0, "a fee is positive");
    }

    /// How fast it is at its worst.
    public Pace pace(int depth) {
        return new Pace(
                block.multipliedBy(confirmBlocks),
                block.multipliedBy(depth),
                block.multipliedBy(medianOf / 2 + 1));
    }
}
