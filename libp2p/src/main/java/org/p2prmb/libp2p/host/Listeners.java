package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.TcpListener;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The listening sockets of a host: all of them, or none when one fails.
final class Listeners implements AutoCloseable {
    private final List<TcpListener> sockets;

    private Listeners(List<TcpListener> sockets) {
        this.sockets = List.copyOf(sockets);
    }

    static Listeners open(List<Multiaddr> addresses) throws IOException {
        var sockets = new ArrayList<TcpListener>();
        var complete = false;
        try {
            for (var address : addresses) {
                if (!covered(address, addresses)) {
                    sockets.add(TcpListener.open(address));
                }
            }
            complete = true;
            return new Listeners(sockets);
        } finally {
            if (!complete) {
                sockets.forEach(TcpListener::close);
            }
        }
    }

    /// True for the IPv4 wildcard beside the IPv6 one of the same port: that one takes both, and
    /// the two could not be bound side by side.
    private static boolean covered(Multiaddr address, List<Multiaddr> addresses) {
        var text = address.toString();
        return text.startsWith("/ip4/0.0.0.0/tcp/")
                && !text.endsWith("/tcp/0")
                && addresses.contains(Multiaddr.parse(text.replace("/ip4/0.0.0.0/", "/ip6/::/")));
    }

    List<TcpListener> all() {
        return sockets;
    }

    /// True when what others may dial follows the machine's network interfaces.
    boolean onWildcard() {
        return sockets.stream().anyMatch(socket -> socket.bound().getAddress().isAnyLocalAddress());
    }

    /// What others may dial, without duplicates.
    List<Multiaddr> addresses() {
        return sockets.stream().flatMap(socket -> socket.addresses().stream()).distinct().toList();
    }

    @Override
    public void close() {
        sockets.forEach(TcpListener::close);
    }
}
