package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.transport.Listener;
import org.p2prmb.libp2p.transport.TcpListener;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The listening sockets of a host: all of them, or none when one fails.
final class Listeners implements AutoCloseable {
    private static final String WILDCARD_4 = "/ip4/0.0.0.0/tcp/";
    private static final String WILDCARD_6 = "/ip6/::/tcp/";

    private final List<Listener> sockets;

    private Listeners(List<Listener> sockets) {
        this.sockets = List.copyOf(sockets);
    }

    static Listeners open(List<Multiaddr> addresses, List<Transport> transports)
            throws IOException {
        var sockets = new ArrayList<Listener>();
        var hasIpv6 = TcpListener.hasIpv6();
        var complete = false;
        try {
            for (var address : addresses) {
                var isTwin = otherWildcard(address).filter(addresses::contains).isPresent();
                if (!isTwin || address.has(Protocol.IP6) == hasIpv6) {
                    sockets.add(open(address, isTwin && hasIpv6, transports));
                }
            }
            complete = true;
            return new Listeners(sockets);
        } finally {
            if (!complete) {
                sockets.forEach(Listener::close);
            }
        }
    }

    private static Listener open(
            Multiaddr address, boolean bothFamilies, List<Transport> transports)
            throws IOException {
        return transports.stream()
                .filter(transport -> transport.listens(address))
                .findFirst()
                .orElseThrow(() -> new IOException("no transport listens on " + address))
                .listen(address, bothFamilies);
    }

    /// The wildcard of the other family with the same port. The two cannot be bound side by side:
    /// the socket of IPv6 takes both, on one free port where that is 0. Where the machine has no
    /// IPv6, that of IPv4 is left.
    private static Optional<Multiaddr> otherWildcard(Multiaddr address) {
        var text = address.toString();
        if (text.startsWith(WILDCARD_4)) {
            return Optional.of(Multiaddr.parse(text.replace(WILDCARD_4, WILDCARD_6)));
        }
        return text.startsWith(WILDCARD_6)
                ? Optional.of(Multiaddr.parse(text.replace(WILDCARD_6, WILDCARD_4)))
                : Optional.empty();
    }

    List<Listener> all() {
        return sockets;
    }

    /// True when what others may dial follows the machine's network interfaces.
    boolean onWildcard() {
        return sockets.stream().anyMatch(socket -> socket.bound().getAddress().isAnyLocalAddress());
    }

    /// The scopes in which others may reach us.
    Set<AddressScope> scopes() {
        return sockets.stream()
                .map(socket -> AddressScope.ofListener(socket.bound().getAddress()))
                .collect(Collectors.toSet());
    }

    /// What others may dial, without duplicates.
    List<Multiaddr> addresses() {
        return sockets.stream().flatMap(socket -> socket.addresses().stream()).distinct().toList();
    }

    @Override
    public void close() {
        sockets.forEach(Listener::close);
    }
}
