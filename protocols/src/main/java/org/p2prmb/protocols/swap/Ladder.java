package org.p2prmb.protocols.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Chooses among variants of one transaction: the dearer, the nearer the deadline (R22).
final class Ladder {
    private Ladder() {}

    static SignedTx at(List<SignedTx> ladder, Instant from, Instant until, Instant now) {
        long span = Math.max(1, Duration.between(from, until).toMillis());
        long passed = Math.clamp(Duration.between(from, now).toMillis(), 0, span);
        return ladder.get((int) Math.min(ladder.size() - 1, ladder.size() * passed / span));
    }
}
