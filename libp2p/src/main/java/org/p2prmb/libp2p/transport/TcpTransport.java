package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;

/// TCP over IPv4 and IPv6.
public final class TcpTransport implements Transport {
    /// Host and port: what has more, such as `/ws`, is another transport's.
    private static final int COMPONENTS = 2;

    @Override
    public boolean dials(Multiaddr address) {
        return address.components().size() == COMPONENTS
                && address.ip().isPresent()
                && address.tcpAddress().isPresent();
    }

    @Override
    public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException {
        var target = address.tcpAddress().orElseThrow(() -> new IOException("no TCP address"));
        return TcpChannel.dial(target, limit);
    }

    @Override
    public boolean listens(Multiaddr address) {
        return dials(address);
    }

    @Override
    public Listener listen(Multiaddr address, boolean bothFamilies) throws IOException {
        return TcpListener.open(address, bothFamilies);
    }
}
