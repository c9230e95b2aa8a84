package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;

/// Makes raw channels to addresses; the seam for tests that must not send a packet.
public interface Transport {
    /// True when [#dial] understands addresses of this form; names are resolved by then.
    boolean dials(Multiaddr address);

    /// Connects to `address`, without `/p2p`. Throws [java.net.SocketTimeoutException] when `limit`
    /// passed; an interrupted thread gives up.
    RawChannel dial(Multiaddr address, Duration limit) throws IOException;
}
