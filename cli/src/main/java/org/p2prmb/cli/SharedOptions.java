package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/// Options that mean something in several scenarios of `rmb simulate`: who attacks, and what is
/// compared.
final class SharedOptions {
    private static final double PERCENT = 100;

    @Option(
            names = "--attack",
            paramLabel = "KIND",
            description = {
                "kademlia: answers (agents that name a thousand peers or wrong ones), or",
                "eclipse (a hundred ids of one network against one agent).",
                "gossip: censor, flood, forge, takeover, colocation, cold-boot or flash (censor).",
                "reputation: slander, collective, sybil, whitewash, wash or oscillate",
                "(slander)."
            })
    private @Nullable String attack;

    @Option(
            names = "--attackers",
            paramLabel = "SHARE",
            description = {
                "kademlia and gossip: per cent of the agents that attack (0; in kademlia 10",
                "when they give wrong answers).",
                "reputation: share of the agents that cheat, 0 to 0.5 (0.2)."
            })
    private @Nullable Double attackers;

    @Option(
            names = "--policy",
            paramLabel = "KIND",
            description = {
                "search: staged, or flood to compare with (staged).",
                "reputation: how agents choose: evidence (the production score), average",
                "(of all reports) or none (evidence).",
                "fairness: how the seller chooses: sealed (the production window), or, to",
                "compare with, first-come or arrival-tie (sealed)."
            })
    private @Nullable String policy;

    String policy(String unlessGiven) {
        return policy == null ? unlessGiven : policy;
    }

    String kind(String unlessGiven) {
        return attack == null ? unlessGiven : attack;
    }

    /// The share of agents that attack, given as one.
    double attackersShare(double unlessGiven) {
        return attackers == null ? unlessGiven : attackers;
    }

    /// The share of agents that attack, given in per cent.
    double attackers(double percentUnlessGiven) {
        return (attackers == null ? percentUnlessGiven : attackers) / PERCENT;
    }
}
