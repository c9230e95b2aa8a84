package org.p2prmb.simulation.fairness;

import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.exchange.WindowSettings;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// How many windows are held, and how the seller chooses.
///
/// @param windows 1 to 1,000,000
/// @param length of each window
public record FairnessSettings(
        int windows, long seed, Policy policy, Duration length, Hardships hardships) {
    public static final int WINDOWS = 10_618;
    public static final int WINDOWS_MAX = 1_000_000;

    /// What sellers have unless they say otherwise.
    public static final Duration LENGTH = WindowSettings.LENGTH;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public FairnessSettings {
        Limits.require(windows >= 1 && windows <= WINDOWS_MAX, "1 to 1,000,000 windows");
        Limits.require(
                length.compareTo(WindowOpen.LENGTH_MIN) >= 0
                        && length.compareTo(WindowOpen.LENGTH_MAX) <= 0,
                "a window of 3 to 600 seconds");
    }

    public static FairnessSettings of(int windows, long seed, Policy policy) {
        return new FairnessSettings(windows, seed, policy, LENGTH, Hardships.NONE);
    }

    public FairnessSettings with(Hardships changed) {
        return new FairnessSettings(windows, seed, policy, length, changed);
    }

    public FairnessSettings withLength(Duration changed) {
        return new FairnessSettings(windows, seed, policy, changed, hardships);
    }
}
