package org.p2prmb.node.wallet;

import org.p2prmb.protocols.statements.Limits;

import java.time.Instant;
import java.time.InstantSource;

/// The indexes of new swaps, from which keys and secrets are derived: none comes twice, not even
/// from a wallet that was restored from its phrase alone, whose journal is lost. So an index is at
/// least the number of seconds since 2026. Safe for many threads.
public final class SwapIndexes {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final InstantSource clock;
    private long last;

    /// @param clock the machine's, also where swaps are made by another one
    /// @param greatest index in the journal; -1 when it has none
    public SwapIndexes(InstantSource clock, long greatest) {
        Limits.require(greatest >= -1 && greatest <= Integer.MAX_VALUE, "an index is below 2^31");
        this.clock = clock;
        this.last = greatest;
    }

    public synchronized long next() {
        long seconds = clock.instant().getEpochSecond() - START.getEpochSecond();
        long next = Math.max(last + 1, seconds);
        if (next > Integer.MAX_VALUE) {
            throw new IllegalStateException("there are no more indexes: the clock is after 2093");
        }
        last = next;
        return next;
    }
}
