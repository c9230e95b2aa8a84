package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.identity.PeerRecord;

import java.util.function.Consumer;

/// Hears what a [GossipSub] cannot decide itself.
public interface GossipListener {
    /// A trusted peer that pruned us recommends this one. The record is verified; whether to dial
    /// is the caller's decision.
    default void introduced(PeerRecord record) {}

    /// A failure of our own ended the router; the [GossipSub] is closed.
    default void died(Throwable cause) {}

    /// Hears of the router's end only.
    static GossipListener ofDeath(Consumer<Throwable> ended) {
        return new GossipListener() {
            @Override
            public void died(Throwable cause) {
                ended.accept(cause);
            }
        };
    }
}
