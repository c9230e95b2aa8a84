package org.p2prmb.libp2p.websocket;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.Listener;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/// A listening TCP socket whose callers speak WebSocket.
final class WebSocketListener implements Listener {
    private final WebSocketTransport transport;
    private final WebSocketAddress address;
    private final Listener tcp;

    WebSocketListener(WebSocketTransport transport, WebSocketAddress address, Listener tcp) {
        this.transport = transport;
        this.address = address;
        this.tcp = tcp;
    }

    @Override
    public RawChannel accept() throws IOException {
        return transport.accepted(tcp.accept(), address);
    }

    @Override
    public boolean isOpen() {
        return tcp.isOpen();
    }

    @Override
    public InetSocketAddress bound() {
        return tcp.bound();
    }

    @Override
    public List<Multiaddr> addresses() {
        return tcp.addresses().stream().map(address::around).toList();
    }

    @Override
    public void close() {
        tcp.close();
    }
}
