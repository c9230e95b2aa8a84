package org.p2prmb.libp2p.memory;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One end of a connection between two [MemoryHost]s.
final class MemoryConnection implements Connection {
    private static final Multiaddr NOWHERE = Multiaddr.tcp(InetAddress.getLoopbackAddress(), 1);

    private final MemoryHost local;
    private final MemoryHost remote;
    private final boolean outbound;
    private final Set<MemoryStream> streams = ConcurrentHashMap.newKeySet();
    private MemoryConnection other = this;
    private volatile boolean open = true;

    private MemoryConnection(MemoryHost local, MemoryHost remote, boolean outbound) {
        this.local = local;
        this.remote = remote;
        this.outbound = outbound;
    }

    /// The dialler's end; the listener's is its [#other].
    static MemoryConnection between(MemoryHost dialler, MemoryHost listener) {
        var near = new MemoryConnection(dialler, listener, true);
        var far = new MemoryConnection(listener, dialler, false);
        near.other = far;
        far.other = near;
        return near;
    }

    MemoryHost remoteHost() {
        return remote;
    }

    MemoryConnection other() {
        return other;
    }

    @Override
    public PeerId remotePeer() {
        return remote.peerId();
    }

    @Override
    public PublicKey remotePublicKey() {
        return remote.keys().publicKey();
    }

    @Override
    public Multiaddr remoteAddress() {
        return NOWHERE;
    }

    @Override
    public Multiaddr localAddress() {
        return NOWHERE;
    }

    @Override
    public boolean outbound() {
        return outbound;
    }

    @Override
    public Stream open(List<String> protocols, Duration limit) throws IOException {
        if (!open) {
            throw new IOException("the connection is closed");
        }
        for (var protocol : protocols) {
            var handler = remote.handler(protocol);
            if (handler != null) {
                var there = new MemoryPipe();
                var back = new MemoryPipe();
                var near = new MemoryStream(this, protocol, back, there);
                var far = new MemoryStream(other, protocol, there, back);
                streams.add(near);
                other.streams.add(far);
                remote.serve(handler, far);
                return near;
            }
        }
        throw new ProtocolException("none is supported: " + protocols);
    }

    @Override
    public Traffic traffic() {
        return new Traffic(0, 0);
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        closeEnd();
        other.closeEnd();
    }

    private void closeEnd() {
        if (open) {
            open = false;
            streams.forEach(MemoryStream::reset);
            local.disconnected(this);
        }
    }
}
