package org.p2prmb.libp2p.resource;

import java.time.Duration;

/// When a host has too many connections, and how many it keeps then.
///
/// @param low as many are left after some were closed
/// @param high more than these are too many
/// @param grace how long a new connection is left alone, for it has not shown yet what it is for
/// @param silence the least time between two closings, in which what was closed can end
public record WaterMarks(int low, int high, Duration grace, Duration silence) {
    public WaterMarks {
        if (low < 0 || high < low) {
            throw new IllegalArgumentException("water marks must be 0 <= low <= high");
        }
        if (grace.isNegative() || silence.isNegative()) {
            throw new IllegalArgumentException("grace and silence cannot be negative");
        }
    }

    /// Marks below the `inboundMax` connections at which strangers are refused.
    static WaterMarks below(int inboundMax) {
        return new WaterMarks(
                inboundMax - inboundMax / 4,
                inboundMax - inboundMax / 8,
                Duration.ofMinutes(1),
                Duration.ofSeconds(10));
    }
}
