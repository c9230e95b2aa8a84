package org.p2prmb.libp2p.memory;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// A host whose connections are queues within one process: no sockets, no ciphers, no addresses.
public final class MemoryHost implements Host {
    private final KeyPair keys;
    private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
    private final List<MemoryConnection> connections = new CopyOnWriteArrayList<>();
    private final List<HostListener> listeners = new ArrayList<>();
    private final Map<PeerId, List<Multiaddr>> dialled = new ConcurrentHashMap<>();
    private final ExecutorService events =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

    public MemoryHost(KeyPair keys) {
        this.keys = keys;
    }

    /// Connects with `listener`; both hear of it, and of each other's protocols.
    public Connection connect(MemoryHost listener) {
        var near = MemoryConnection.between(this, listener);
        connected(near);
        listener.connected(near.other());
        identified(near, listener);
        listener.identified(near.other(), this);
        return near;
    }

    private void connected(MemoryConnection connection) {
        connections.add(connection);
        tell(listener -> listener.connected(connection));
    }

    private void identified(MemoryConnection connection, MemoryHost remote) {
        var protocols = List.copyOf(remote.handlers.keySet());
        var info = new PeerInfo(remote.peerId(), List.of(), protocols, null, "", "memory", null);
        tell(listener -> listener.identified(connection, info));
    }

    void disconnected(MemoryConnection connection) {
        connections.remove(connection);
        tell(listener -> listener.disconnected(connection));
    }

    private synchronized void tell(Consumer<HostListener> news) {
        if (!events.isShutdown()) {
            listeners.forEach(listener -> events.execute(() -> news.accept(listener)));
        }
    }

    @Nullable StreamHandler handler(String protocol) {
        return handlers.get(protocol);
    }

    void serve(StreamHandler handler, MemoryStream stream) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        handler.serve(stream);
                        stream.close();
                    } catch (IOException | InterruptedException e) {
                        stream.reset();
                    }
                });
    }

    @Override
    public KeyPair keys() {
        return keys;
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return List.of();
    }

    /// Connected peers hear of the new protocol, as by identify/push.
    @Override
    public void handle(String protocol, StreamHandler handler) {
        handlers.put(protocol, handler);
        connections.forEach(
                connection -> connection.remoteHost().identified(connection.other(), this));
    }

    @Override
    public void unhandle(String protocol) {
        handlers.remove(protocol);
    }

    @Override
    public Connection connect(PeerId peer, List<Multiaddr> addresses, Duration limit)
            throws IOException {
        dialled.put(peer, addresses);
        return connections(peer).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("no addresses in memory"));
    }

    @Override
    public Connection connect(Multiaddr address, Duration limit) throws IOException {
        throw new IOException("no addresses in memory");
    }

    /// Whom somebody wanted to dial, and at which addresses.
    public Map<PeerId, List<Multiaddr>> dialled() {
        return Map.copyOf(dialled);
    }

    @Override
    public List<Connection> connections() {
        return List.copyOf(connections);
    }

    @Override
    public List<Connection> connections(PeerId peer) {
        return connections().stream().filter(c -> c.remotePeer().equals(peer)).toList();
    }

    @Override
    public synchronized void listen(HostListener listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        connections.forEach(Connection::close);
        synchronized (this) {
            events.shutdown();
        }
    }

    @Override
    public void abort() {
        close();
    }
}
