package org.p2prmb.libp2p.websocket;

import org.p2prmb.libp2p.multiaddr.Component;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// What an address of a WebSocket says beyond host and port: `/ws`, `/wss`, `/tls/ws` or
/// `/tls/sni/<name>/ws`.
///
/// @param tcp host and port
/// @param secure whether TLS lies beneath
/// @param name what the server is called, to be verified; its IP address when empty
record WebSocketAddress(Multiaddr tcp, boolean secure, Optional<String> name) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /// Empty for addresses of other forms, and for those whose host is yet to be looked up.
    static Optional<WebSocketAddress> of(Multiaddr address) {
        var socket = address.tcpAddress().filter(found -> !found.isUnresolved());
        if (socket.isEmpty() || address.has(Protocol.IP6ZONE)) {
            return Optional.empty();
        }
        var tcp = Multiaddr.tcp(socket.get().getAddress(), socket.get().getPort());
        var rest = address.components().subList(2, address.components().size());
        var kinds = rest.stream().map(Component::protocol).toList();
        if (kinds.equals(List.of(Protocol.WS))) {
            return Optional.of(new WebSocketAddress(tcp, false, Optional.empty()));
        }
        var secure =
                kinds.equals(List.of(Protocol.WSS))
                        || kinds.equals(List.of(Protocol.TLS, Protocol.WS))
                        || kinds.equals(List.of(Protocol.TLS, Protocol.SNI, Protocol.WS));
        return secure
                ? Optional.of(new WebSocketAddress(tcp, true, address.value(Protocol.SNI)))
                : Optional.empty();
    }

    /// `tcp` with what this says behind it, in the form in which we emit it.
    Multiaddr around(Multiaddr other) {
        var host = other;
        if (secure) {
            host = host.with(Protocol.TLS);
            if (name.isPresent()) {
                host = Multiaddr.parse(host + "/sni/" + name.get());
            }
        }
        return host.with(Protocol.WS);
    }

    InetAddress ip() {
        return tcp.ip().orElseThrow();
    }

    int port() {
        return tcp.tcpAddress().orElseThrow().getPort();
    }

    /// The server's name, or its IP address.
    String host() {
        return name.orElseGet(() -> ip().getHostAddress());
    }

    /// What HTTP calls the server: the port is left out where it goes without saying.
    String authority() {
        var bracketed = name.isEmpty() && ip() instanceof Inet6Address;
        var host = bracketed ? "[" + host() + "]" : host();
        return port() == (secure ? HTTPS_PORT : HTTP_PORT) ? host : host + ":" + port();
    }
}
