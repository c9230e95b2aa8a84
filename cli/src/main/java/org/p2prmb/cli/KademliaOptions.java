package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.kademlia.Attack;
import org.p2prmb.simulation.kademlia.KademliaSettings;

import picocli.CommandLine.Option;

/// What is looked up in `rmb simulate kademlia`, and who is against it.
final class KademliaOptions {
    private static final double PERCENT = 100;

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
                "eclipse (a hundred ids of one network against one agent)."
            })
    private String attack = "none";

    @Option(
            names = "--attackers",
            paramLabel = "PERCENT",
            description = "kademlia: agents that give such answers (10).")
    private double attackers = 10;

    /// Throws `IllegalArgumentException` when they do not fit.
    KademliaSettings settings(RunSettings run, double dead) {
        return KademliaSettings.of(run, dead, lookups).withAttack(kind(), attackers / PERCENT);
    }

    private Attack kind() {
        return switch (attack) {
            case "none" -> Attack.NONE;
            case "answers" -> Attack.ANSWERS;
            case "eclipse" -> Attack.ECLIPSE;
            default ->
                    throw new UserException(
                            "--attack '%s' is none of answers, eclipse and none"
                                    .formatted(Printed.brief(attack)));
        };
    }
}
