package org.p2prmb.libp2p.core;

import java.time.Duration;

/// What a relay lets pass on one circuit; zero is without limit.
///
/// @param duration after which it resets the circuit
/// @param bytesMax payload in each direction, after which it does the same
public record CircuitLimit(Duration duration, long bytesMax) {
    public static final CircuitLimit NONE = new CircuitLimit(Duration.ZERO, 0);

    public CircuitLimit {
        if (duration.isNegative() || bytesMax < 0) {
            throw new IllegalArgumentException("limits are not negative");
        }
    }

    /// Whether there is any limit.
    public boolean limits() {
        return !equals(NONE);
    }
}
