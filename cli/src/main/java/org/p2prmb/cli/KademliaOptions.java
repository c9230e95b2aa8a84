package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.kademlia.Attack;
import org.p2prmb.simulation.kademlia.KademliaSettings;

import picocli.CommandLine.Option;

/// What is looked up in `rmb simulate kademlia`, and who is against it.
final class KademliaOptions {
    private static final double PERCENT = 100;
    private static final double ATTACKERS = 10;

    @Option(
            names = "--lookups",
            paramLabel = "N",
            description = "kademlia: look-ups that are measured (1000).")
    private int lookups = 1_000;

    @Option(
            names = "--attack",
            paramLabel = "KIND",
            description = {
                "kademlia: answers (agents that name a thousand peers or wrong ones), or",
                "eclipse (a hundred ids of one network against one agent).",
                "reputation: slander, collective, sybil, whitewash, wash or oscillate",
                "(slander)."
            })
    private @Nullable String attack;

    @Option(
            names = "--attackers",
            paramLabel = "SHARE",
            description = {
                "kademlia: per cent of the agents that give such answers (10).",
                "reputation: share of the agents that cheat, 0 to 0.5 (0.2)."
            })
    private @Nullable Double attackers;

    /// Throws `IllegalArgumentException` when they do not fit.
    KademliaSettings settings(RunSettings run, double dead) {
        return KademliaSettings.of(run, dead, lookups)
                .withAttack(kind(), attackers(ATTACKERS) / PERCENT);
    }

    /// The name that was given, or that one.
    String attackName(String otherwise) {
        return attack == null ? otherwise : attack;
    }

    /// The number that was given, or that one.
    double attackers(double otherwise) {
        return attackers == null ? otherwise : attackers;
    }

    private Attack kind() {
        var name = attackName("none");
        return switch (name) {
            case "none" -> Attack.NONE;
            case "answers" -> Attack.ANSWERS;
            case "eclipse" -> Attack.ECLIPSE;
            default ->
                    throw new UserException(
                            "--attack '%s' is none of answers, eclipse and none"
                                    .formatted(Printed.brief(name)));
        };
    }
}
