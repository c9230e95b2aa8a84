package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.gossip.Attack;
import org.p2prmb.simulation.gossip.GossipSettings;
import org.p2prmb.simulation.gossip.Load;
import org.p2prmb.simulation.gossip.Troubles;

import picocli.CommandLine.Option;

import java.util.Arrays;
import java.util.stream.Collectors;

/// What is published in `rmb simulate gossip`, among whom.
final class GossipOptions {
    private static final double PERCENT = 100;
    private static final double DEAD_PERCENT = 5;

    @Option(names = "--topics", paramLabel = "N", description = "gossip: topics (1).")
    private int topics = 1;

    @Option(
            names = "--joined",
            paramLabel = "N",
            description = "gossip: topics that each agent is in (all).")
    private @Nullable Integer joined;

    @Option(
            names = "--messages-per-second",
            paramLabel = "N",
            description = "gossip: messages of all agents together (1).")
    private double messagesPerSecond = Load.QUIET.messagesPerSecond();

    @Option(
            names = "--message-bytes",
            paramLabel = "N",
            description = "gossip: data in each message (256).")
    private int messageBytes = Load.QUIET.messageBytes();

    @Option(
            names = "--neighbours",
            paramLabel = "N",
            description = "gossip: agents that each keeps a connection with (16).")
    private int neighbours = GossipSettings.NEIGHBOURS;

    @Option(
            names = "--duplication",
            paramLabel = "PERCENT",
            description = "gossip: frames that arrive twice (0).")
    private double duplication;

    @Option(
            names = "--reordering",
            paramLabel = "PERCENT",
            description = "gossip: frames that others overtake (0).")
    private double reordering;

    /// Throws `IllegalArgumentException` when they do not fit.
    GossipSettings settings(RunSettings run, LivenessOptions troubles, SharedOptions attack) {
        int each = joined == null ? topics : joined;
        return new GossipSettings(
                run,
                new Load(topics, each, messagesPerSecond, messageBytes),
                new Troubles(
                        troubles.dead(DEAD_PERCENT),
                        troubles.massDeath(),
                        troubles.stalling(),
                        troubles.partitionMinutes(),
                        troubles.kind()),
                neighbours,
                duplication / PERCENT,
                reordering / PERCENT,
                kind(attack.kind(Attack.CENSOR.toString())),
                attack.attackers(0),
                GossipConfig.defaults());
    }

    private static Attack kind(String name) {
        for (var attack : Attack.values()) {
            if (attack.toString().equals(name)) {
                return attack;
            }
        }
        var kinds =
                Arrays.stream(Attack.values())
                        .map(Attack::toString)
                        .collect(Collectors.joining(", "));
        throw new UserException(
                "--attack '%s' is none of %s".formatted(Printed.brief(name), kinds));
    }
}
