package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.List;

/// A place at a relay, as the relay describes it.
///
/// @param expires by the relay's clock, whole seconds
/// @param addresses where the relay says that it is reached, perhaps with its own `/p2p`
/// @param voucher the sealed [Voucher]; empty when there is none
public record Reservation(Instant expires, List<Multiaddr> addresses, Bytes voucher) {
    public Reservation {
        addresses = List.copyOf(addresses);
    }
}
