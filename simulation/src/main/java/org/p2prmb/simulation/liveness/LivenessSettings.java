package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.LivenessConfig;
import org.p2prmb.simulation.RunSettings;

/// What a run of the liveness scenario is like.
///
/// @param hot contacts of each agent whose death it wants to hear of, random ones, 0 to 64
public record LivenessSettings(RunSettings run, Troubles troubles, int hot) {
    /// After a healed partition contacts need time to come back.
    private static final int MINUTES_AFTER_PARTITION = 2;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public LivenessSettings {
        if (hot < 0 || hot > LivenessConfig.HOT_MAX) {
            throw new IllegalArgumentException("0 to 64 hot contacts");
        }
        int partition = troubles.partitionMinutes();
        if (partition > 0 && run.minutes() < partition + MINUTES_AFTER_PARTITION) {
            throw new IllegalArgumentException(
                    "a partition of %d minutes needs a run of %d"
                            .formatted(partition, partition + MINUTES_AFTER_PARTITION));
        }
    }

    public static LivenessSettings of(RunSettings run, Troubles troubles) {
        return new LivenessSettings(run, troubles, LivenessConfig.HOT_MAX);
    }
}
