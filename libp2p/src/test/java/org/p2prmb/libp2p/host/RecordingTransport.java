package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.TcpTransport;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Counts the dials of the real transport.
final class RecordingTransport implements Transport {
    private final Transport tcp = new TcpTransport();
    final Queue<Multiaddr> dialled = new ConcurrentLinkedQueue<>();

    @Override
    public boolean dials(Multiaddr address) {
        return tcp.dials(address);
    }

    @Override
    public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException {
        dialled.add(address);
        return tcp.dial(address, peer, limit);
    }
}
