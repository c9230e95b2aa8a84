package org.p2prmb.protocols.exchange;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// How a seller's windows go.
///
/// @param windowsMax open at a time; each holds up to 256 commits
/// @param decisionTime what the owner has to say of the bids that won; then they are denied
/// @param beaconWait how long a chain may have no block; then the window is void
public record WindowSettings(int windowsMax, Duration decisionTime, Duration beaconWait) {
    /// From the opening to the close, unless the seller says otherwise.
    public static final Duration LENGTH = Duration.ofSeconds(10);

    private static final int WINDOWS_MAX = 256;
    private static final Duration DECISION_MAX = Duration.ofMinutes(10);
    private static final Duration BEACON_WAIT_MAX = Duration.ofHours(24);

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public WindowSettings {
        Limits.require(windowsMax >= 1 && windowsMax <= WINDOWS_MAX, "1 to 256 windows at a time");
        Limits.seconds(decisionTime, Duration.ofSeconds(1), DECISION_MAX, "time to decide");
        Limits.seconds(beaconWait, Duration.ofMinutes(1), BEACON_WAIT_MAX, "wait for the beacon");
    }

    public static WindowSettings defaults() {
        return new WindowSettings(16, Duration.ofSeconds(10), Duration.ofHours(2));
    }

    public WindowSettings withWindowsMax(int changed) {
        return new WindowSettings(changed, decisionTime, beaconWait);
    }
}
