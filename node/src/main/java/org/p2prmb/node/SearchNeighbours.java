package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.search.SearchService;

/// Tells the search whom it may forward queries to.
record SearchNeighbours(SearchService search) implements Neighbours.Watcher {
    @Override
    public void connected(PeerId peer) throws InterruptedException {
        search.connected(peer);
    }

    @Override
    public void disconnected(PeerId peer) throws InterruptedException {
        search.disconnected(peer);
    }
}
