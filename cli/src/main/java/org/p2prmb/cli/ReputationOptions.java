package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.reputation.Attack;
import org.p2prmb.simulation.reputation.Policy;
import org.p2prmb.simulation.reputation.ReputationSettings;

import picocli.CommandLine.Option;

/// Who deals with whom in `rmb simulate reputation`, and who is against it.
final class ReputationOptions {
    private static final double ATTACKERS = 0.2;

    @Option(names = "--seeds", paramLabel = "N", description = "reputation: runs (1).")
    private int seeds = 1;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "reputation: days, with a deal of each honest agent (200).")
    private int rounds = ReputationSettings.ROUNDS;

    /// Throws `IllegalArgumentException` when they do not fit.
    ReputationSettings settings(int agents, long seed, SharedOptions shared) {
        return new ReputationSettings(
                agents,
                rounds,
                seed,
                seeds,
                attack(shared.kind(Attack.SLANDER.toString())),
                shared.attackersShare(ATTACKERS),
                policy(shared.policy(Policy.EVIDENCE.toString())));
    }

    private static Attack attack(String name) {
        return Attack.parse(name)
                .orElseThrow(() ->
                        new UserException(
                                ("--attack '%s' is none of slander, collective, sybil,"
                                                + " whitewash, wash and oscillate")
                                        .formatted(Printed.brief(name))));
    }

    private static Policy policy(String policy) {
        return Policy.parse(policy)
                .orElseThrow(() ->
                        new UserException(
                                "--policy '%s' is none of evidence, average and none"
                                        .formatted(Printed.brief(policy))));
    }
}
