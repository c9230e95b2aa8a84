package org.p2prmb.interop;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.function.Predicate;

/// A host of ours, and what it heard of its connections.
final class JavaPeer implements AutoCloseable {
    static final String AGENT_VERSION = "p2prmb/interop";

    private final Host host;
    private final Arrivals<Heard> heard = new Arrivals<>("the Java peer");

    /// What the host told its listener.
    sealed interface Heard {
        Connection connection();

        record Connected(Connection connection) implements Heard {}

        record Disconnected(Connection connection) implements Heard {}

        record Identified(Connection connection, PeerInfo info) implements Heard {}
    }

    private JavaPeer(Host host) {
        this.host = host;
        host.listen(
                new HostListener() {
                    @Override
                    public void connected(Connection connection) {
                        heard.add(new Heard.Connected(connection));
                    }

                    @Override
                    public void disconnected(Connection connection) {
                        heard.add(new Heard.Disconnected(connection));
                    }

                    @Override
                    public void identified(Connection connection, PeerInfo info) {
                        heard.add(new Heard.Identified(connection, info));
                    }
                });
    }

    /// Listens to a host that another part of the test owns.
    static JavaPeer over(Host host) {
        return new JavaPeer(host);
    }

    static JavaPeer start() throws IOException {
        var keys = KeyPair.generate(new SecureRandom());
        return new JavaPeer(
                TcpHost.start(HostConfig.defaults(keys).withAgentVersion(AGENT_VERSION)));
    }

    Host host() {
        return host;
    }

    PeerId peerId() {
        return host.peerId();
    }

    /// Where it listens, with `/p2p`.
    Multiaddr address() {
        return host.listenAddresses().getFirst().withPeer(peerId());
    }

    Heard.Connected awaitConnected(PeerId peer) throws InterruptedException {
        return await(Heard.Connected.class, heard -> heard.connection().remotePeer().equals(peer));
    }

    Heard.Disconnected awaitDisconnected() throws InterruptedException {
        return await(Heard.Disconnected.class, _ -> true);
    }

    <H extends Heard> H await(Class<H> kind, Predicate<H> wanted) throws InterruptedException {
        return kind.cast(
                heard.await(
                        kind.getSimpleName(),
                        event -> kind.isInstance(event) && wanted.test(kind.cast(event))));
    }

    @Override
    public void close() {
        host.close();
    }
}
