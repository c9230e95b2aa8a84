package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Two [Connection]s in memory, joined as the two ends of one; each side serves protocols.
public final class ConnectionPair implements AutoCloseable {
    private final Side left;
    private final Side right;

    /// Both sides seem to be on the loopback network.
    public ConnectionPair(KeyPair left, KeyPair right) {
        this(left, right, loopback(4001), loopback(4002));
    }

    public ConnectionPair(
            KeyPair left, KeyPair right, Multiaddr leftAddress, Multiaddr rightAddress) {
        this.left = new Side(right.publicKey(), leftAddress, rightAddress, true);
        this.right = new Side(left.publicKey(), rightAddress, leftAddress, false);
        this.left.other = this.right;
        this.right.other = this.left;
    }

    private static Multiaddr loopback(int port) {
        return Multiaddr.tcp(InetAddress.getLoopbackAddress(), port);
    }

    /// The side of the left key, which dialled.
    public Connection left() {
        return left;
    }

    public Connection right() {
        return right;
    }

    /// Serves streams that the right side opens.
    public ConnectionPair leftServes(String protocol, StreamHandler handler) {
        left.handlers.put(protocol, handler);
        return this;
    }

    /// Serves streams that the left side opens.
    public ConnectionPair rightServes(String protocol, StreamHandler handler) {
        right.handlers.put(protocol, handler);
        return this;
    }

    @Override
    public void close() {
        left.close();
    }

    /// One side.
    private static final class Side implements Connection {
        private final PublicKey remote;
        private final Multiaddr local;
        private final Multiaddr remoteAddress;
        private final boolean outbound;
        private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
        private volatile boolean open = true;

        @SuppressWarnings("NullAway.Init")
        private Side other;

        private Side(PublicKey remote, Multiaddr local, Multiaddr remoteAddress, boolean outbound) {
            this.remote = remote;
            this.local = local;
            this.remoteAddress = remoteAddress;
            this.outbound = outbound;
        }

        @Override
        public PeerId remotePeer() {
            return remote.peerId();
        }

        @Override
        public PublicKey remotePublicKey() {
            return remote;
        }

        @Override
        public Multiaddr remoteAddress() {
            return remoteAddress;
        }

        @Override
        public Multiaddr localAddress() {
            return local;
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
                var handler = other.handlers.get(protocol);
                if (handler != null) {
                    return serve(protocol, handler);
                }
            }
            throw new ProtocolException("none of " + protocols + " is supported");
        }

        private Stream serve(String protocol, StreamHandler handler) {
            var pair = new StreamPair(this, other, protocol);
            Thread.ofVirtual()
                    .start(() -> {
                        var stream = pair.right();
                        try {
                            handler.serve(stream);
                            stream.close();
                        } catch (IOException | InterruptedException e) {
                            // Never closed before: the asker would read an orderly end.
                            stream.reset();
                        }
                    });
            return pair.left();
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
            open = false;
            other.open = false;
        }
    }
}
