package org.p2prmb.node.config;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;

/// How an agent is reached behind a router, and what it does for others who are behind one.
///
/// @param use when it asks relays for a place
/// @param serve whether it is a relay itself, which costs bandwidth and a connection for each place
/// @param own peers that always find a place here, with generous limits: the agents of its owner,
///     at most 64
/// @param ownOnly whether nobody else finds a place here
/// @param autoNat whether it dials peers that ask whether they can be dialled
/// @param autoNatPrivate whether it does that, and believes it, in private networks and on this
///     machine, too; otherwise strangers would have it dial into its own network
public record ReachConfig(
        RelayUse use,
        boolean serve,
        List<PeerId> own,
        boolean ownOnly,
        boolean autoNat,
        boolean autoNatPrivate) {
    static final int OWN_MAX = 64;

    /// Throws [UserException] when a part is out of its bounds.
    public ReachConfig {
        own = List.copyOf(own);
        Bounds.count("number of relay.own", own.size(), 0, OWN_MAX);
    }

    public static ReachConfig defaults() {
        return new ReachConfig(RelayUse.AUTO, false, List.of(), false, true, false);
    }

    public ReachConfig withUse(RelayUse changed) {
        return new ReachConfig(changed, serve, own, ownOnly, autoNat, autoNatPrivate);
    }

    public ReachConfig withServe(boolean changed) {
        return new ReachConfig(use, changed, own, ownOnly, autoNat, autoNatPrivate);
    }

    public ReachConfig withOwn(List<PeerId> changed) {
        return new ReachConfig(use, serve, changed, ownOnly, autoNat, autoNatPrivate);
    }

    public ReachConfig withOwnOnly(boolean changed) {
        return new ReachConfig(use, serve, own, changed, autoNat, autoNatPrivate);
    }

    public ReachConfig withAutoNat(boolean changed) {
        return new ReachConfig(use, serve, own, ownOnly, changed, autoNatPrivate);
    }

    public ReachConfig withAutoNatPrivate(boolean changed) {
        return new ReachConfig(use, serve, own, ownOnly, autoNat, changed);
    }
}
