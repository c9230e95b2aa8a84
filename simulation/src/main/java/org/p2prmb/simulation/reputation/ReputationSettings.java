package org.p2prmb.simulation.reputation;

import org.p2prmb.protocols.statements.Limits;

/// What is traded by whom, and who is against it.
///
/// @param agents attackers included, 20 to 10,000
/// @param rounds of one day and one deal for each honest agent, 4 to 1,000
/// @param seed of the first run
/// @param seeds runs, with this seed and the following ones, 1 to 100
/// @param attackers share of the agents, 0 to 0.5
public record ReputationSettings(
        int agents,
        int rounds,
        long seed,
        int seeds,
        Attack attack,
        double attackers,
        Policy policy) {
    public static final int AGENTS = 1_000;
    public static final int ROUNDS = 200;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public ReputationSettings {
        Limits.require(agents >= 20 && agents <= 10_000, "20 to 10,000 agents");
        Limits.require(rounds >= 4 && rounds <= 1_000, "4 to 1,000 rounds");
        Limits.require(seeds >= 1 && seeds <= 100, "1 to 100 seeds");
        Limits.require(attackers >= 0 && attackers <= 0.5, "a share of attackers from 0 to 0.5");
    }

    /// The workload that the goals are about, once.
    public static ReputationSettings of(Attack attack, double attackers) {
        return new ReputationSettings(AGENTS, ROUNDS, 1, 1, attack, attackers, Policy.EVIDENCE);
    }

    public ReputationSettings withSize(int changedAgents, int changedRounds) {
        return new ReputationSettings(
                changedAgents, changedRounds, seed, seeds, attack, attackers, policy);
    }

    public ReputationSettings withSeeds(long first, int count) {
        return new ReputationSettings(agents, rounds, first, count, attack, attackers, policy);
    }

    public ReputationSettings withPolicy(Policy changed) {
        return new ReputationSettings(agents, rounds, seed, seeds, attack, attackers, changed);
    }
}
