package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Faults;

/// What a run of the gossip scenario is like.
///
/// @param neighbours agents that each looks for, 1 to 256; more may look for it
/// @param duplication the probability that a frame arrives twice
/// @param reordering the probability that a frame is overtaken by others
/// @param attackers the share of agents that attack, 0 to 0.9
/// @param router how the routers of all agents are configured
public record GossipSettings(
        RunSettings run,
        Load load,
        Troubles troubles,
        int neighbours,
        double duplication,
        double reordering,
        Attack attack,
        double attackers,
        GossipConfig router) {
    /// As many as the node looks for.
    public static final int NEIGHBOURS = 16;

    public static final int NEIGHBOURS_MAX = 256;
    public static final double ATTACKERS_MAX = 0.9;
    public static final double FAULTS_MAX = 0.5;

    /// After a healed partition messages need time to show it.
    private static final int MINUTES_AFTER_PARTITION = 1;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public GossipSettings {
        if (neighbours < 1 || neighbours > NEIGHBOURS_MAX) {
            throw new IllegalArgumentException("1 to 256 neighbours");
        }
        if (!(attackers >= 0 && attackers <= ATTACKERS_MAX)) {
            throw new IllegalArgumentException("0 to 90 percent of attackers");
        }
        if (!(duplication >= 0
                && duplication <= FAULTS_MAX
                && reordering >= 0
                && reordering <= FAULTS_MAX)) {
            throw new IllegalArgumentException("0 to 50 percent doubled or overtaken");
        }
        int partition = troubles.partitionMinutes();
        if (partition > 0 && run.minutes() < partition + MINUTES_AFTER_PARTITION + 1) {
            throw new IllegalArgumentException(
                    "a partition of %d minutes needs a run of %d"
                            .formatted(partition, partition + MINUTES_AFTER_PARTITION + 1));
        }
    }

    public static GossipSettings of(RunSettings run) {
        return new GossipSettings(
                run,
                Load.QUIET,
                Troubles.NONE,
                NEIGHBOURS,
                0,
                0,
                Attack.CENSOR,
                0,
                GossipConfig.defaults());
    }

    public GossipSettings withLoad(Load changed) {
        return new GossipSettings(
                run,
                changed,
                troubles,
                neighbours,
                duplication,
                reordering,
                attack,
                attackers,
                router);
    }

    public GossipSettings withTroubles(Troubles changed) {
        return new GossipSettings(
                run, load, changed, neighbours, duplication, reordering, attack, attackers, router);
    }

    public GossipSettings withNeighbours(int changed) {
        return new GossipSettings(
                run, load, troubles, changed, duplication, reordering, attack, attackers, router);
    }

    public GossipSettings withDisorder(double duplicated, double reordered) {
        return new GossipSettings(
                run, load, troubles, neighbours, duplicated, reordered, attack, attackers, router);
    }

    public GossipSettings withAttack(Attack changed, double share) {
        return new GossipSettings(
                run, load, troubles, neighbours, duplication, reordering, changed, share, router);
    }

    public GossipSettings withRouter(GossipConfig changed) {
        return new GossipSettings(
                run,
                load,
                troubles,
                neighbours,
                duplication,
                reordering,
                attack,
                attackers,
                changed);
    }

    Faults faults() {
        return new Faults(run.loss(), duplication, reordering);
    }
}
