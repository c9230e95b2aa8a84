package org.p2prmb.discovery.kademlia;

import java.util.List;

/// The peers of the routing table, kept for the next run. Safe for many threads.
public interface KnownPeers {
    int PEERS_MAX = 512;

    /// Those of the last run, in the order in which they were saved.
    List<KadPeer> load();

    /// Replaces all of them; those beyond [#PEERS_MAX] are left out.
    void save(List<KadPeer> peers);

    /// Remembers nothing.
    static KnownPeers none() {
        return new KnownPeers() {
            @Override
            public List<KadPeer> load() {
                return List.of();
            }

            @Override
            public void save(List<KadPeer> peers) {}
        };
    }
}
