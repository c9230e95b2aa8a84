package org.p2prmb.simulation.gossip;

import org.p2prmb.simulation.engine.Crash;

/// What happens to the honest agents of a run, spread over its time; shares are from 0 to 0.9.
///
/// @param dead the share of agents that crash, one after the other; every other one starts again
/// @param massDeath the share that crashes in one moment, halfway
/// @param stalling the share that freezes for up to 15 s every few minutes
/// @param partitionMinutes how long one half cannot reach the other, 0 for never
/// @param crash what the others notice of a crash at once
public record Troubles(
        double dead, double massDeath, double stalling, int partitionMinutes, Crash crash) {
    public static final Troubles NONE = new Troubles(0, 0, 0, 0, Crash.SILENT);

    private static final double SHARE_MAX = 0.9;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Troubles {
        for (double share : new double[] {dead, massDeath, stalling, dead + massDeath}) {
            if (!(share >= 0 && share <= SHARE_MAX)) {
                throw new IllegalArgumentException("shares are from 0 to 90 percent");
            }
        }
        if (partitionMinutes < 0) {
            throw new IllegalArgumentException("a partition does not end before it begins");
        }
    }

    public Troubles withDead(double share) {
        return new Troubles(share, massDeath, stalling, partitionMinutes, crash);
    }

    public Troubles withMassDeath(double share) {
        return new Troubles(dead, share, stalling, partitionMinutes, crash);
    }

    public Troubles withStalling(double share) {
        return new Troubles(dead, massDeath, share, partitionMinutes, crash);
    }

    public Troubles withPartitionMinutes(int minutes) {
        return new Troubles(dead, massDeath, stalling, minutes, crash);
    }
}
