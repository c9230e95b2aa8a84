package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.List;

/// A reservation that we hold.
///
/// @param expires by our clock
/// @param addresses where others call us, each ending in `/p2p/<relay>/p2p-circuit`
/// @param limit of each circuit
public record RelayPlace(
        PeerId relay, Instant expires, List<Multiaddr> addresses, CircuitLimit limit) {
    public RelayPlace {
        addresses = List.copyOf(addresses);
    }
}
