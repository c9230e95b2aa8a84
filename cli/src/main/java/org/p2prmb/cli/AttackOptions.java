package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/// Who is against the agents of `rmb simulate kademlia` and `rmb simulate gossip`.
final class AttackOptions {
    private static final double PERCENT = 100;

    @Option(
            names = "--attack",
            paramLabel = "KIND",
            description = {
                "kademlia: answers (agents that name a thousand peers or wrong ones), or",
                "eclipse (a hundred ids of one network against one agent).",
                "gossip: censor, flood, forge, takeover, colocation, cold-boot or flash (censor)."
            })
    private @Nullable String attack;

    @Option(
            names = "--attackers",
            paramLabel = "PERCENT",
            description = "Agents that attack (0; in kademlia 10 when they give wrong answers).")
    private @Nullable Double attackers;

    String kind(String unlessGiven) {
        return attack == null ? unlessGiven : attack;
    }

    /// The share of agents that attack.
    double attackers(double percentUnlessGiven) {
        return (attackers == null ? percentUnlessGiven : attackers) / PERCENT;
    }
}
