package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// An agent that we look at ourselves: it has too few watchers, or somebody asked us to.
@Pure
final class Neighbour extends Timers.Timer {
    /// See [DirectRule].
    enum Phase {
        STEADY,
        PROBING,
        DEAD
    }

    final Peer peer;
    private final DirectRule rule;
    Phase phase = Phase.STEADY;
    int steps;
    long probeBegan;

    Neighbour(Peer peer, DirectRule rule) {
        this.peer = peer;
        this.rule = rule;
    }

    @Override
    public void due(long now) {
        rule.due(now, this);
    }
}
