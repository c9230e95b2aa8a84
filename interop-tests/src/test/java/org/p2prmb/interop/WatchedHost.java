package org.p2prmb.interop;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.Kademlia;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/// A host that tells which requests of Kademlia it has served; in all else the host it is given.
record WatchedHost(Host host, Arrivals<Served> served) implements Host {
    /// @param request its type, as the protocol names it
    /// @param refused it cost the peer its stream
    record Served(PeerId peer, String request, boolean refused) {}

    @Override
    public void handle(String protocol, StreamHandler handler) {
        host.handle(
                protocol,
                protocol.equals(Kademlia.PROTOCOL) ? stream -> watch(stream, handler) : handler);
    }

    private void watch(Stream stream, StreamHandler handler)
            throws IOException, InterruptedException {
        var watched = new WatchedStream(stream, served);
        try {
            handler.serve(watched);
        } catch (IOException e) {
            watched.asked(true);
            throw e;
        }
        watched.asked(false);
    }

    /// Hands on what comes request by request. One is served when the next is waited for.
    private static final class WatchedStream implements Stream {
        private static final int REQUEST_MAX = 1024 * 1024;

        private final Stream stream;
        private final Arrivals<Served> served;
        private InputStream arrived = InputStream.nullInputStream();
        private String request = "";

        WatchedStream(Stream stream, Arrivals<Served> served) {
            this.stream = stream;
            this.served = served;
        }

        void asked(boolean refused) {
            if (!request.isEmpty()) {
                served.add(new Served(stream.remotePeer(), request, refused));
                request = "";
            }
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (arrived.available() == 0) {
                asked(false);
                var frame = Frames.readOrEnd(stream, REQUEST_MAX);
                if (frame.isEmpty()) {
                    return -1;
                }
                request = KadCodec.decode(frame.get()).type().name();
                var prefix = Bytes.wrap(Varint.encode(frame.get().length));
                var whole = prefix.concat(Bytes.wrap(frame.get()));
                arrived = new ByteArrayInputStream(whole.unsafeArray());
            }
            return arrived.read(into, offset, length);
        }

        @Override
        public Connection connection() {
            return stream.connection();
        }

        @Override
        public String protocol() {
            return stream.protocol();
        }

        @Override
        public void deadline(Duration limit) {
            stream.deadline(limit);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            stream.write(from, offset, length);
        }

        @Override
        public void closeWrite() throws IOException {
            stream.closeWrite();
        }

        @Override
        public void reset() {
            stream.reset();
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    @Override
    public KeyPair keys() {
        return host.keys();
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return host.listenAddresses();
    }

    @Override
    public void unhandle(String protocol) {
        host.unhandle(protocol);
    }

    @Override
    public Connection connect(PeerId peer, List<Multiaddr> addresses, Duration limit)
            throws IOException {
        return host.connect(peer, addresses, limit);
    }

    @Override
    public Connection connect(Multiaddr address, Duration limit) throws IOException {
        return host.connect(address, limit);
    }

    @Override
    public List<Connection> connections() {
        return host.connections();
    }

    @Override
    public List<Connection> connections(PeerId peer) {
        return host.connections(peer);
    }

    @Override
    public void listen(HostListener listener) {
        host.listen(listener);
    }

    @Override
    public void close() {
        host.close();
    }

    @Override
    public void abort() {
        host.abort();
    }
}
