package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;

/// Makes raw channels to addresses of its forms, and listens on them; the seam for tests that must
/// not send a packet.
public interface Transport {
    /// True when [#dial] understands addresses of this form; names are resolved by then.
    boolean dials(Multiaddr address);

    /// Connects to `address`, without the `/p2p` of `peer` at its end. Throws
    /// [java.net.SocketTimeoutException] when `limit` passed; an interrupted thread gives up.
    ///
    /// What is still to be said before bytes can flow may wait for the first read or write.
    RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException;

    /// True when [#listen] understands addresses of this form.
    default boolean listens(Multiaddr address) {
        return false;
    }

    /// Listens on `address`; port 0 takes a free one. `bothFamilies` on an IPv6 wildcard also
    /// takes the connections of the IPv4 one.
    ///
    /// Throws with the address and the reason when that is not possible.
    default Listener listen(Multiaddr address, boolean bothFamilies) throws IOException {
        throw new IOException("cannot listen on " + address);
    }
}
