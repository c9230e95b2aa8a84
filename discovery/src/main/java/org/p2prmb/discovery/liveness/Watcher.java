package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// An agent that watches us, or that we asked to.
@Pure
final class Watcher {
    final Peer peer;

    /// When we asked it, until it accepts; then its last ping.
    long heardAt;

    int invitations = 1;

    boolean accepted;

    /// The day's draw chose others: it goes as soon as one of those accepts.
    boolean outdated;

    Watcher(Peer peer, long askedAt) {
        this.peer = peer;
        this.heardAt = askedAt;
    }
}
