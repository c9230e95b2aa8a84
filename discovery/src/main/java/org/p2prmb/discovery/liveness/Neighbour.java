package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// An agent that we look at ourselves: it has too few watchers, or somebody asked us to.
@Pure
final class Neighbour {
    /// See [DirectRule].
    enum Phase {
        STEADY,
        PROBING,
        DEAD
    }

    final Peer peer;
    final Timers.Timer timer;
    Phase phase = Phase.STEADY;
    int steps;
    long probeBegan;

    Neighbour(Peer peer, Timers timers, Timers.Task task) {
        this.peer = peer;
        this.timer = timers.timer(task);
    }
}
