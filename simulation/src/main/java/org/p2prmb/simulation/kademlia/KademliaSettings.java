package org.p2prmb.simulation.kademlia;

import org.p2prmb.simulation.RunSettings;

/// What a run of the Kademlia scenario is like.
///
/// @param dead the share of agents that crash silently just before the first look-up
/// @param lookups how many look-ups are measured, 1 to 1,000,000
/// @param attackers the share of agents that lie in [Attack#ANSWERS]
public record KademliaSettings(
        RunSettings run, double dead, int lookups, Attack attack, double attackers) {
    public static final int LOOKUPS_MAX = 1_000_000;
    public static final double SHARE_MAX = 0.8;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public KademliaSettings {
        if (!(dead >= 0 && attackers >= 0 && dead + attackers <= SHARE_MAX)) {
            throw new IllegalArgumentException("a fifth of the agents is alive and honest");
        }
        if (lookups < 1 || lookups > LOOKUPS_MAX) {
            throw new IllegalArgumentException("1 to 1,000,000 look-ups");
        }
    }

    public static KademliaSettings of(RunSettings run, double dead, int lookups) {
        return new KademliaSettings(run, dead, lookups, Attack.NONE, 0);
    }

    public KademliaSettings withAttack(Attack changed, double share) {
        return new KademliaSettings(run, dead, lookups, changed, share);
    }

    double liars() {
        return attack == Attack.ANSWERS ? attackers : 0;
    }
}
