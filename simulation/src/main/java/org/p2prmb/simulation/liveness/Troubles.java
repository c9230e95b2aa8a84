package org.p2prmb.simulation.liveness;

import org.p2prmb.simulation.engine.Crash;

/// What happens to the agents of a run, spread over its time; shares are from 0 to 1.
///
/// @param dead the share of agents that crash, one after the other
/// @param leaving the share that leaves in good order, one after the other
/// @param stalling the share that freezes for up to 15 s every few minutes
/// @param massDeath the share that crashes in one moment, halfway
/// @param malicious the share that lies as watchers: they vote against the living, hide the dead,
///     and bury whom they can with forged majorities
/// @param partitionMinutes how long one half cannot reach the other, 0 for never
/// @param crash what the others notice of a crash at once
public record Troubles(
        double dead,
        double leaving,
        double stalling,
        double massDeath,
        double malicious,
        int partitionMinutes,
        Crash crash) {
    public static final Troubles NONE = new Troubles(0, 0, 0, 0, 0, 0, Crash.SILENT);

    /// Throws `IllegalArgumentException` when a share is none.
    public Troubles {
        for (double share : new double[] {dead, leaving, stalling, massDeath, malicious}) {
            if (!(share >= 0 && share <= 0.9)) {
                throw new IllegalArgumentException("shares are from 0 to 90 percent");
            }
        }
        if (dead + leaving + massDeath > 0.9) {
            throw new IllegalArgumentException("a tenth of the agents stays");
        }
        if (partitionMinutes < 0) {
            throw new IllegalArgumentException("a partition does not end before it begins");
        }
    }

    public Troubles withDead(double share) {
        return new Troubles(
                share, leaving, stalling, massDeath, malicious, partitionMinutes, crash);
    }

    public Troubles withLeaving(double share) {
        return new Troubles(dead, share, stalling, massDeath, malicious, partitionMinutes, crash);
    }

    public Troubles withStalling(double share) {
        return new Troubles(dead, leaving, share, massDeath, malicious, partitionMinutes, crash);
    }

    public Troubles withMassDeath(double share) {
        return new Troubles(dead, leaving, stalling, share, malicious, partitionMinutes, crash);
    }

    public Troubles withMalicious(double share) {
        return new Troubles(dead, leaving, stalling, massDeath, share, partitionMinutes, crash);
    }

    public Troubles withPartitionMinutes(int minutes) {
        return new Troubles(dead, leaving, stalling, massDeath, malicious, minutes, crash);
    }

    public Troubles withCrash(Crash changed) {
        return new Troubles(
                dead, leaving, stalling, massDeath, malicious, partitionMinutes, changed);
    }
}
