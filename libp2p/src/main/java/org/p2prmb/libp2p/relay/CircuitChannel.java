package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// A stream to a relay, which forwards it, as the raw channel of a connection with another peer.
final class CircuitChannel implements RawChannel {
    /// The relay ends a circuit, and each connection its handshake.
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Stream stream;
    private final CircuitLimit limit;
    private final Multiaddr remoteAddress;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Takes over `stream`, on which the relay has said OK.
    CircuitChannel(Stream stream, CircuitLimit limit, Multiaddr remoteAddress) {
        this.stream = stream;
        this.limit = limit;
        this.remoteAddress = remoteAddress;
        stream.deadline(FOREVER);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return stream.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        stream.write(from, offset, length);
    }

    /// A stream does not tell. Large buffers are given back more often than they need be.
    @Override
    public boolean idle() {
        return true;
    }

    @Override
    public CircuitLimit limit() {
        return limit;
    }

    @Override
    public Multiaddr localAddress() {
        return stream.connection().localAddress();
    }

    @Override
    public Multiaddr remoteAddress() {
        return remoteAddress;
    }

    @Override
    public void close() {
        stream.close();
        closed.countDown();
    }

    /// Waits until somebody closes this.
    void awaitClosed() throws InterruptedException {
        closed.await();
    }
}
