package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.ConnectionUse;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The peers of the routing table, whose connections are worth more than those of others: each
/// answered us, and another would have to be found and asked first. Safe for many threads.
final class TablePeers implements ConnectionUse {
    /// Half of what an agent gives a stranger for its good name.
    private static final int VALUE = 20;

    private volatile Set<PeerId> peers = Set.of();

    void are(List<KadPeer> table) {
        peers = table.stream().map(KadPeer::id).collect(Collectors.toUnmodifiableSet());
    }

    int size() {
        return peers.size();
    }

    /// A look-up dials again whom it needs.
    @Override
    public boolean needs(PeerId peer) {
        return false;
    }

    @Override
    public int value(PeerId peer) {
        return peers.contains(peer) ? VALUE : 0;
    }
}
