package org.p2prmb.node;

import org.p2prmb.libp2p.core.ConnectionUse;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.function.ToDoubleFunction;

/// Whose connections an agent keeps when there are too many: the owner's always, of others those
/// that we think well of rather than those that we do not.
final class ValuedPeers implements ConnectionUse {
    private static final int FULL_SCORE = 100;

    private final PeerId owner;
    private final ToDoubleFunction<PeerId> scores;

    /// @param scores what we think of a peer, 0 to 1
    ValuedPeers(PeerId owner, ToDoubleFunction<PeerId> scores) {
        this.owner = owner;
        this.scores = scores;
    }

    @Override
    public boolean needs(PeerId peer) {
        return peer.equals(owner);
    }

    @Override
    public int value(PeerId peer) {
        return (int) Math.round(FULL_SCORE * scores.applyAsDouble(peer));
    }
}
