package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.LinkedHashMap;

/// The agents that do not answer: those that may be gone, and those that are, so that nobody is
/// handed out while the book still writes.
///
/// Safe for many threads.
final class SilentAgents {
    /// Of the dead the book knows too; the doubted are few.
    private static final int AGENTS_MAX = 4_096;

    private final LinkedHashMap<PeerId, Boolean> dead = new LinkedHashMap<>();

    synchronized void doubt(PeerId peer) {
        dead.putLast(peer, false);
        keepBound();
    }

    synchronized void bury(PeerId peer) {
        dead.putLast(peer, true);
        keepBound();
    }

    private void keepBound() {
        if (dead.size() > AGENTS_MAX) {
            dead.pollFirstEntry();
        }
    }

    synchronized void answered(PeerId peer) {
        dead.remove(peer);
    }

    /// Whether it must not be handed out.
    synchronized boolean contains(PeerId peer) {
        return dead.containsKey(peer);
    }

    synchronized boolean isDead(PeerId peer) {
        return dead.getOrDefault(peer, false);
    }
}
