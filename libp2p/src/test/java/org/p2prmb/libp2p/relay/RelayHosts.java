package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.util.List;

/// A relay, and hosts that do not listen, on the loopback interface; closed together.
final class RelayHosts implements AutoCloseable {
    final TestHosts hosts = new TestHosts();
    final TcpHost relayHost;
    final Relay relay;

    RelayHosts(RelayConfig config) throws IOException {
        relayHost = hosts.start();
        relay = Relay.serve(relayHost, config, relayHost::listenAddresses, new MonotonicClock());
    }

    RelayHosts() throws IOException {
        this(RelayConfig.defaults());
    }

    /// A host that nobody can dial, with its part in relaying.
    record Peer(TcpHost host, RelayClient client) {}

    Peer peer() throws IOException {
        var host = hosts.startEcho(config -> config.withListen(List.of()));
        host.allowLimited(TestHosts.ECHO);
        return new Peer(host, RelayClient.start(host, new MonotonicClock()));
    }

    /// A host that can be dialled, but whose identify does not say where.
    Peer listening() throws IOException {
        var nowhere = List.of(Multiaddr.parse("/ip4/198.51.100.7/tcp/1"));
        var host = hosts.startEcho(config -> config.withAnnounce(nowhere));
        return new Peer(host, RelayClient.start(host, new MonotonicClock()));
    }

    /// Connects with the relay and reserves a place.
    RelayPlace reserve(Peer peer) throws IOException {
        return peer.client().reserve(connectRelay(peer), TestHosts.LIMIT);
    }

    Connection connectRelay(Peer peer) throws IOException {
        return TestHosts.connect(peer.host(), relayHost);
    }

    /// The address of `peer` through the relay.
    Multiaddr circuit(Peer peer) {
        var relay = relayHost.listenAddresses().getFirst().withPeer(relayHost.peerId());
        return Multiaddr.parse(relay + "/p2p-circuit").withPeer(peer.host().peerId());
    }

    @Override
    public void close() {
        hosts.close();
    }
}
