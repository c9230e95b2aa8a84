package org.p2prmb.protocols.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Chooses among variants of one transaction: the dearer, the nearer the deadline (R22).
final class Ladder {
    private Ladder() {}

    static SignedTx at(List<SignedTx> ladder, Instant from, Instant until, Instant now) {
        return ladder.get(level(ladder, from, until, now));
    }

    /// That variant and all cheaper ones before it: of a cancel they may differ in more than their
    /// fee.
    static List<SignedTx> upTo(List<SignedTx> ladder, Instant from, Instant until, Instant now) {
        return ladder.subList(0, level(ladder, from, until, now) + 1);
    }

    private static int level(List<SignedTx> ladder, Instant from, Instant until, Instant now) {
        long span = Math.max(1, Duration.between(from, until).toMillis());
        long passed = Math.clamp(Duration.between(from, now).toMillis(), 0, span);
        return (int) Math.min(ladder.size() - 1, ladder.size() * passed / span);
    }
}
