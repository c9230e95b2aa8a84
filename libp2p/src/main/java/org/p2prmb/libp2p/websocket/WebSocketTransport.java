package org.p2prmb.libp2p.websocket;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.tls.TlsRawChannel;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.Listener;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.TcpTransport;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;

import javax.net.ssl.SSLEngine;

/// WebSocket over TCP: `/ws` and, over TLS with ordinary certificates, `/tls/ws`.
///
/// See the [specification](https://github.com/libp2p/specs/tree/master/websockets) of the
/// addresses and [RFC 6455](https://www.rfc-editor.org/rfc/rfc6455).
public final class WebSocketTransport implements Transport {
    private final WebTls tls;
    private final Transport tcp = new TcpTransport();
    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();

    public WebSocketTransport(WebTls tls) {
        this.tls = tls;
    }

    @Override
    public boolean dials(Multiaddr address) {
        return WebSocketAddress.of(address).isPresent();
    }

    @Override
    public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException {
        var target = parsed(address);
        var channel = tcp.dial(target.tcp(), peer, limit);
        return channel(channel, target, true, target.secure() ? tls.dialing(target) : null);
    }

    @Override
    public boolean listens(Multiaddr address) {
        return dials(address);
    }

    @Override
    public Listener listen(Multiaddr address, boolean bothFamilies) throws IOException {
        var where = parsed(address);
        if (where.secure()) {
            tls.requireCertificate(address);
        }
        return new WebSocketListener(this, where, tcp.listen(where.tcp(), bothFamilies));
    }

    private static WebSocketAddress parsed(Multiaddr address) throws IOException {
        return WebSocketAddress.of(address)
                .orElseThrow(() -> new IOException("not an address of a WebSocket: " + address));
    }

    /// The server's end of `accepted`, which came to a listener on `where`.
    RawChannel accepted(RawChannel accepted, WebSocketAddress where) {
        return channel(accepted, where, false, where.secure() ? tls.listening() : null);
    }

    private RawChannel channel(
            RawChannel tcpChannel,
            WebSocketAddress address,
            boolean client,
            @org.jspecify.annotations.Nullable SSLEngine engine) {
        var under = engine == null ? tcpChannel : new TlsRawChannel(engine, tcpChannel, pool);
        WebSocketChannel.Opening opening =
                client
                        ? (input, out) ->
                                Upgrade.request(input, out::write, address.authority(), random)
                        : (input, out) -> Upgrade.answer(input, out::write);
        return new WebSocketChannel(
                under,
                address.around(tcpChannel.localAddress()),
                address.around(tcpChannel.remoteAddress()),
                opening,
                client,
                random,
                pool);
    }
}
