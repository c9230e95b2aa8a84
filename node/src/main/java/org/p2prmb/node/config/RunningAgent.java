package org.p2prmb.node.config;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.List;

/// Where the agent of a home directory can be reached right now; a claim until connecting works.
///
/// @param addresses without the `/p2p` suffix; at most 32
/// @param process its process id, for messages to the user
public record RunningAgent(
        PeerId peer, List<Multiaddr> addresses, long process, Instant startedAt) {
    static final int ADDRESSES_MAX = 32;

    public RunningAgent {
        addresses = addresses.stream().limit(ADDRESSES_MAX).toList();
    }
}
