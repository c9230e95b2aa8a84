package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.identity.PeerRecord;

/// Hears what a [GossipSub] cannot decide itself.
@FunctionalInterface
public interface GossipListener {
    /// A trusted peer that pruned us recommends this one. The record is verified; whether to dial
    /// is the caller's decision.
    default void introduced(PeerRecord record) {}

    /// A failure of our own ended the router; the [GossipSub] is closed.
    void died(Throwable cause);
}
