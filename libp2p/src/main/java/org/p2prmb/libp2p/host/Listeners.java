package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.transport.TcpListener;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The listening sockets of a host: all of them, or none when one fails.
final class Listeners implements AutoCloseable {
    private static final String WILDCARD_4 = "/ip4/0.0.0.0/tcp/";
    private static final String WILDCARD_6 = "/ip6/::/tcp/";

    private final List<TcpListener> sockets;

    private Listeners(List<TcpListener> sockets) {
        this.sockets = List.copyOf(sockets);
    }

    static Listeners open(List<Multiaddr> addresses) throws IOException {
        var sockets = new ArrayList<TcpListener>();
        var complete = false;
        try {
            for (var address : addresses) {
                var twin = otherWildcard(address).filter(addresses::contains);
                if (twin.isEmpty()) {
                    sockets.add(TcpListener.open(address));
                } else if (address.has(Protocol.IP6)) {
                    sockets.add(TcpListener.openBothFamilies(address));
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

    /// The wildcard of the other family with the same port. The two cannot be bound side by side:
    /// the socket of IPv6 takes both. Empty for port 0, of which each takes its own.
    private static Optional<Multiaddr> otherWildcard(Multiaddr address) {
        var text = address.toString();
        if (text.endsWith("/tcp/0")) {
            return Optional.empty();
        }
        if (text.startsWith(WILDCARD_4)) {
            return Optional.of(Multiaddr.parse(text.replace(WILDCARD_4, WILDCARD_6)));
        }
        return text.startsWith(WILDCARD_6)
                ? Optional.of(Multiaddr.parse(text.replace(WILDCARD_6, WILDCARD_4)))
                : Optional.empty();
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
