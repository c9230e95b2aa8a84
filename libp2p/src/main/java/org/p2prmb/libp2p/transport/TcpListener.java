package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/// A listening TCP socket.
public final class TcpListener implements Listener {
    /// Connections that the kernel completes before we accept them.
    private static final int BACKLOG = 1024;

    private final ServerSocketChannel socket;
    private final InetSocketAddress bound;
    private final boolean bothFamilies;

    private TcpListener(ServerSocketChannel socket, boolean bothFamilies) throws IOException {
        this.socket = socket;
        this.bothFamilies = bothFamilies;
        this.bound = (InetSocketAddress) socket.getLocalAddress();
    }

    /// Listens on `/ip4/…/tcp/…` or `/ip6/…/tcp/…`; port 0 takes a free one.
    public static TcpListener open(Multiaddr address) throws IOException {
        return open(address, false);
    }

    /// Listens as [#open(Multiaddr)] does; `bothFamilies` on `/ip6/::/tcp/…` also in the name of
    /// `/ip4/0.0.0.0/tcp/…`: the socket takes connections of both families.
    static TcpListener open(Multiaddr address, boolean bothFamilies) throws IOException {
        var where =
                address.tcpAddress()
                        .filter(socket -> !socket.isUnresolved())
                        .orElseThrow(() -> new IOException("cannot listen on " + address));
        var family =
                where.getAddress() instanceof Inet4Address
                        ? StandardProtocolFamily.INET
                        : StandardProtocolFamily.INET6;
        var socket = ServerSocketChannel.open(family);
        try {
            // A restarted node gets its port back while old connections still fade.
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(where, BACKLOG);
            return new TcpListener(socket, bothFamilies);
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot listen on %s: %s".formatted(address, e.getMessage()), e);
        }
    }

    @Override
    public TcpChannel accept() throws IOException {
        return TcpChannel.of(socket.accept());
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public InetSocketAddress bound() {
        return bound;
    }

    @Override
    public List<Multiaddr> addresses() {
        var host = bound.getAddress();
        if (!host.isAnyLocalAddress()) {
            return List.of(TcpChannel.multiaddr(bound));
        }
        // Link-local addresses mean nothing without the dialler's own zone.
        return ownAddresses().stream()
                .filter(own -> bothFamilies || own.getClass() == host.getClass())
                .filter(own -> !own.isLinkLocalAddress())
                .map(own -> Multiaddr.tcp(own, bound.getPort()))
                .toList();
    }

    private static List<InetAddress> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .sorted(TcpListener::byReach)
                    .toList();
        } catch (SocketException e) {
            throw new IllegalStateException("cannot list this machine's addresses", e);
        }
    }

    /// Whether this machine has an IPv6 address, the loopback one included.
    public static boolean hasIpv6() {
        return ownAddresses().stream().anyMatch(Inet6Address.class::isInstance);
    }

    private static int byReach(InetAddress one, InetAddress other) {
        return Boolean.compare(isLocal(one), isLocal(other));
    }

    private static boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || address.isLinkLocalAddress();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Nobody can connect any more, which is all that was wanted.
        }
    }
}
