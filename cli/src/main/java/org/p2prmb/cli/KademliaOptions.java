package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.kademlia.Attack;
import org.p2prmb.simulation.kademlia.KademliaSettings;

import picocli.CommandLine.Option;

/// What is looked up in `rmb simulate kademlia`, and who is against it.
final class KademliaOptions {
    private static final double ATTACKERS_PERCENT = 10;

    @Option(
            names = "--lookups",
            paramLabel = "N",
            description = "kademlia: look-ups that are measured (1000).")
    private int lookups = 1_000;

    /// Throws `IllegalArgumentException` when they do not fit.
    KademliaSettings settings(RunSettings run, double dead, SharedOptions attack) {
        return KademliaSettings.of(run, dead, lookups)
                .withAttack(kind(attack.kind("none")), attack.attackers(ATTACKERS_PERCENT));
    }

    private static Attack kind(String attack) {
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
