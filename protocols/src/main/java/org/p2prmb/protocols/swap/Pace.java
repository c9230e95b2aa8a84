package org.p2prmb.protocols.swap;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// How fast a chain is at its worst, as far as a swap relies on it.
///
/// @param confirm until a transaction of ours is in a block, under the rising fees that we pay: c
/// @param bury from there until it has the depth that the swap asks for: n
/// @param lag how far the time by which locks are judged is behind the clock: m
public record Pace(Duration confirm, Duration bury, Duration lag) {
    public Pace {
        Limits.require(
                confirm.isPositive() && !bury.isNegative() && !lag.isNegative(),
                "a chain takes its time");
    }

    /// c + n.
    Duration settle() {
        return confirm.plus(bury);
    }
}
