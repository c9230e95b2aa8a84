package org.p2prmb.node.swap;

import org.p2prmb.protocols.swap.Swap;

import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

/// Indexes of swaps to come, none twice: the seconds since the beginning of 2026, or more when the
/// last one was later than that. So none that was lost with a disk comes again.
final class FreshIndexes {
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong last;

    /// @param known swaps whose indexes are used
    FreshIndexes(Collection<Swap> known) {
        last =
                new AtomicLong(
                        known.stream().mapToLong(swap -> swap.deal().index()).max().orElse(0));
    }

    long next(Instant now) {
        return last.updateAndGet(
                used -> Math.max(used + 1, now.getEpochSecond() - BEGINNING.getEpochSecond()));
    }
}
