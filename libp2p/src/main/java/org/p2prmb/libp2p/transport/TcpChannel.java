package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// A TCP connection. Waiting parks the virtual thread; interrupting a thread that waits closes it.
public final class TcpChannel implements RawChannel {
    private final SocketChannel socket;
    private final Multiaddr localAddress;
    private final Multiaddr remoteAddress;

    private TcpChannel(SocketChannel socket) throws IOException {
        this.socket = socket;
        // Yamux batches what belongs together, so waiting for more would only cost time.
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.localAddress = multiaddr((InetSocketAddress) socket.getLocalAddress());
        this.remoteAddress = multiaddr((InetSocketAddress) socket.getRemoteAddress());
    }

    /// Takes over a connected socket, and closes it when that fails.
    static TcpChannel of(SocketChannel socket) throws IOException {
        try {
            return new TcpChannel(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Connects to `address`, which is resolved. Throws [java.net.SocketTimeoutException] when
    /// `limit` passed.
    public static TcpChannel dial(InetSocketAddress address, Duration limit) throws IOException {
        var socket = SocketChannel.open();
        try {
            var millis = Math.clamp(limit.toMillis(), 1, Integer.MAX_VALUE);
            socket.socket().connect(address, millis);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return of(socket);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return socket.read(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        var bytes = ByteBuffer.wrap(from, offset, length);
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    @Override
    public boolean idle() {
        try {
            return socket.socket().getInputStream().available() == 0;
        } catch (IOException _) {
            return true; // Closed: the read that follows says so.
        }
    }

    @Override
    public Multiaddr localAddress() {
        return localAddress;
    }

    @Override
    public Multiaddr remoteAddress() {
        return remoteAddress;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // The descriptor is gone all the same; what was in flight was not acknowledged yet.
        }
    }

    static Multiaddr multiaddr(InetSocketAddress address) {
        return Multiaddr.tcp(address.getAddress(), address.getPort());
    }
}
