package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Async;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.HostTimeouts;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.ping.Ping;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// Hosts that cannot dial each other talk through a relay, over real sockets.
@Timeout(60)
final class RelayTest {
    private static final CircuitLimit SHORT = new CircuitLimit(Duration.ofMinutes(2), 64 << 10);

    private RelayHosts hosts;

    RelayTest() throws IOException {
        hosts = new RelayHosts();
    }

    @AfterEach
    void close() {
        hosts.close();
    }

    private void restart(RelayConfig config) throws IOException {
        hosts.close();
        hosts = new RelayHosts(config);
    }

    private Connection connect(RelayHosts.Peer from, RelayHosts.Peer to) throws IOException {
        return from.host().connect(hosts.circuit(to), TestHosts.LIMIT);
    }

    @Test
    void aPlaceTellsWhereToCallAndForHowLong() throws IOException {
        var peer = hosts.peer();
        var place = hosts.reserve(peer);
        assertThat(place.relay()).isEqualTo(hosts.relayHost.peerId());
        assertThat(place.addresses()).containsExactly(hosts.circuit(peer).withoutPeer());
        assertThat(place.limit()).isEqualTo(RelayConfig.defaults().circuits().limit());
        var hour = Instant.now().plus(Duration.ofHours(1));
        assertThat(place.expires()).isBetween(hour.minusSeconds(60), hour.plusSeconds(60));
        assertThat(hosts.relay.reservations()).isEqualTo(1);
    }

    @Test
    void peersThatDoNotListenTalkThroughTheRelay() throws IOException {
        var callee = hosts.peer();
        var caller = hosts.peer();
        hosts.reserve(callee);
        var connection = connect(caller, callee);
        assertThat(connection.remotePeer()).isEqualTo(callee.host().peerId());
        assertThat(connection.remoteAddress()).isEqualTo(hosts.circuit(callee).withoutPeer());
        assertThat(connection.limit()).isEqualTo(RelayConfig.defaults().circuits().limit());
        assertThat(TestHosts.ask(connection, TestHosts.ECHO, new byte[5000])).hasSize(5000);
        assertThat(Ping.measure(connection, 3, TestHosts.LIMIT)).hasSize(3);
        var back = callee.host().connections(caller.host().peerId()).getFirst();
        assertThat(back.outbound()).isFalse();
        assertThat(back.limit()).isEqualTo(connection.limit());
        assertThat(TestHosts.ask(back, TestHosts.ECHO, new byte[100])).hasSize(100);
        connection.close();
        Eventually.holds("the circuit ends", () -> hosts.relay.circuits() == 0);
        Eventually.holds(
                "the callee sees it",
                () -> callee.host().connections(caller.host().peerId()).isEmpty());
    }

    @Test
    @DisplayName("interop#83: NO_RESERVATION is said")
    void withoutAPlaceNobodyIsCalled() throws IOException {
        var callee = hosts.peer();
        var caller = hosts.peer();
        hosts.connectRelay(callee);
        assertThatThrownBy(() -> connect(caller, callee)).hasMessageContaining("NO_RESERVATION");
    }

    /// They share the address of the circuit, all but their ids.
    @Test
    void deadPeersBehindARelayDoNotKeepUsFromALivingOne() throws IOException {
        var callee = hosts.peer();
        var caller = hosts.peer();
        hosts.reserve(callee);
        for (var dead : List.of(hosts.peer(), hosts.peer())) {
            assertThatThrownBy(() -> connect(caller, dead)).hasMessageContaining("NO_RESERVATION");
        }
        assertThat(connect(caller, callee).isOpen()).isTrue();
    }

    /// A circuit is cut after 128 KiB, and most protocols are not spoken over it.
    @Test
    void whoIsReachedThroughTheRelayIsDialledDirectlyAsSoonAsAnAddressIsKnown() throws IOException {
        var callee = hosts.listening();
        var caller = hosts.peer();
        hosts.reserve(callee);
        var circuit = connect(caller, callee);
        assertThat(circuit.limit().limits()).isTrue();
        var peer = callee.host().peerId();
        var dead = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));

        var direct = callee.host().listenAddresses();
        assertThat(caller.host().connect(peer, dead, TestHosts.LIMIT)).isEqualTo(circuit);
        var better = caller.host().connect(peer, direct, TestHosts.LIMIT);
        assertThat(better.limit().limits()).isFalse();
        assertThat(better.remoteAddress()).isEqualTo(direct.getFirst());
        assertThat(caller.host().connect(peer, List.of(), TestHosts.LIMIT)).isEqualTo(better);
    }

    /// Somebody else has more time for an address where nobody answers.
    @Test
    void whoHasLittleTimeGetsTheCircuitThoughADirectDialIsUnderWay() throws IOException {
        var callee = hosts.listening();
        var caller = hosts.peer();
        hosts.reserve(callee);
        var circuit = connect(caller, callee);
        var peer = callee.host().peerId();
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var there = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + silent.getLocalPort()));
            var patient = Async.run(() -> caller.host().connect(peer, there, TestHosts.LIMIT));
            try (var met = silent.accept()) {
                assertThat(met.isConnected()).isTrue();
                var little = Duration.ofSeconds(2);
                assertThat(caller.host().connect(peer, there, little)).isEqualTo(circuit);
            }
            assertThat(patient.join()).isEqualTo(circuit);
        }
    }

    @Test
    void aPlaceIsLostWithTheConnection() throws IOException {
        var callee = hosts.peer();
        hosts.reserve(callee);
        callee.host().connections(hosts.relayHost.peerId()).forEach(Connection::close);
        Eventually.holds("it is lost", () -> hosts.relay.reservations() == 0);
    }

    /// Whoever holds a place is kept, though nothing uses the connection and the relay dialled it.
    @Test
    void theConnectionOfAPlaceIsNotIdle() throws IOException {
        var quick = HostTimeouts.defaults().withIdle(Duration.ofSeconds(2));
        var relay = hosts.hosts.start(config -> config.withTimeouts(quick));
        Relay.serve(relay, RelayConfig.defaults(), List::of, new MonotonicClock());
        var holder = hosts.hosts.start();
        var client = RelayClient.start(holder, new MonotonicClock());
        var kept = TestHosts.connect(relay, holder);
        Eventually.holds("it is called", () -> !holder.connections(relay.peerId()).isEmpty());
        client.reserve(holder.connections(relay.peerId()).getFirst(), TestHosts.LIMIT);
        var dropped = TestHosts.connect(relay, hosts.hosts.start());
        Eventually.holds("the idle one is closed", () -> !dropped.isOpen());
        assertThat(kept.isOpen()).isTrue();
    }

    @Test
    void moreBytesThanTheLimitEndTheCircuit() throws IOException {
        restart(RelayConfig.defaults().withCircuits(new RelayConfig.Circuits(10, 10, SHORT)));
        var callee = hosts.peer();
        var caller = hosts.peer();
        hosts.reserve(callee);
        var connection = connect(caller, callee);
        assertThat(connection.limit()).isEqualTo(SHORT);
        assertThatThrownBy(() -> TestHosts.ask(connection, TestHosts.ECHO, new byte[100_000]))
                .isInstanceOf(IOException.class);
        Eventually.holds("the circuit ends", () -> hosts.relay.circuits() == 0);
        assertThat(connection.isOpen()).isFalse();
        // The next one starts from nothing.
        assertThat(TestHosts.ask(connect(caller, callee), TestHosts.ECHO, new byte[20_000]))
                .hasSize(20_000);
    }

    @Test
    void timeEndsTheCircuit() throws IOException {
        var brief = new CircuitLimit(Duration.ofSeconds(2), 0);
        restart(RelayConfig.defaults().withCircuits(new RelayConfig.Circuits(10, 10, brief)));
        var callee = hosts.peer();
        var caller = hosts.peer();
        hosts.reserve(callee);
        var connection = connect(caller, callee);
        assertThat(connection.isOpen()).isTrue();
        Eventually.holds("the connection ends", () -> !connection.isOpen());
        Eventually.holds("the circuit ends", () -> hosts.relay.circuits() == 0);
    }

    @Test
    void anOwnersPeerHasItsOwnLimit() throws IOException {
        var callee = hosts.peer();
        var own = new CircuitLimit(Duration.ofMinutes(30), 16 << 20);
        var first = hosts;
        hosts =
                new RelayHosts(
                        RelayConfig.defaults()
                                .withOwn(
                                        new RelayConfig.Own(
                                                Set.of(callee.host().peerId()), true, own)));
        assertThat(hosts.reserve(callee).limit()).isEqualTo(own);
        var stranger = hosts.peer();
        assertThatThrownBy(() -> hosts.reserve(stranger))
                .isInstanceOfSatisfying(
                        RelayException.class,
                        e -> assertThat(e.status()).isEqualTo(RelayStatus.PERMISSION_DENIED));
        // More than strangers may.
        assertThat(TestHosts.ask(connect(stranger, callee), TestHosts.ECHO, new byte[200_000]))
                .hasSize(200_000);
        first.close();
    }

    @Test
    void aLimitedConnectionIsForProtocolsThatAreAllowedThere() throws IOException {
        var callee = hosts.peer();
        var caller = hosts.peer();
        callee.host().handle("/test/heavy/1", TestHosts::echo);
        hosts.reserve(callee);
        var connection = connect(caller, callee);
        assertThatThrownBy(() -> connection.open(List.of("/test/heavy/1"), TestHosts.LIMIT))
                .hasMessageContaining("limited connection");
        caller.host().allowLimited("/test/heavy/1");
        // The other side has a say, too.
        assertThatThrownBy(() -> TestHosts.ask(connection, "/test/heavy/1", new byte[1]))
                .isInstanceOf(IOException.class);
        callee.host().allowLimited("/test/heavy/1");
        assertThat(TestHosts.ask(connection, "/test/heavy/1", new byte[1])).hasSize(1);
    }

    @Test
    void aConnectionWithoutALimitIsPreferred() throws IOException {
        var callee = hosts.hosts.startEcho();
        var called = new RelayHosts.Peer(callee, RelayClient.start(callee, new MonotonicClock()));
        hosts.reserve(called);
        var caller = hosts.peer();
        connect(caller, called);
        var peer = caller.host().peerId();
        Eventually.holds("it is called", () -> callee.connections(peer).size() == 1);
        // The caller's twin, as when an agent and its owner share a key.
        try (var twin = TcpHost.start(HostConfig.defaults(caller.host().keys()))) {
            TestHosts.connect(twin, callee);
            Eventually.holds(
                    "the direct one is preferred",
                    () -> callee.connections(peer).stream().noneMatch(c -> c.limit().limits()));
            assertThat(callee.connect(peer, List.of(), TestHosts.LIMIT).limit().limits()).isFalse();
            assertThat(callee.connections()).hasSize(3);
        }
        Eventually.holds(
                "the limited one is what is left",
                () -> callee.connections(peer).stream().anyMatch(c -> c.limit().limits()));
    }

    @Test
    void withoutALimitEverythingIsAllowed() throws IOException {
        restart(
                RelayConfig.defaults()
                        .withCircuits(new RelayConfig.Circuits(10, 10, CircuitLimit.NONE)));
        var callee = hosts.peer();
        callee.host().handle("/test/heavy/1", TestHosts::echo);
        hosts.reserve(callee);
        var connection = connect(hosts.peer(), callee);
        assertThat(connection.limit().limits()).isFalse();
        assertThat(TestHosts.ask(connection, "/test/heavy/1", new byte[200_000])).hasSize(200_000);
    }

    @Test
    void aCircuitWithinACircuitIsRefusedByBothSides() throws IOException {
        var relay = hosts.peer();
        var caller = hosts.peer();
        Relay.serve(relay.host(), RelayConfig.defaults(), List::of, new MonotonicClock());
        relay.host().allowLimited(Relay.HOP);
        caller.host().allowLimited(Relay.HOP);
        hosts.reserve(relay);
        var through = connect(caller, relay);
        assertThatThrownBy(() -> caller.client().reserve(through, TestHosts.LIMIT))
                .hasMessageContaining("PERMISSION_DENIED");
        var nested = hosts.circuit(relay).with(Protocol.P2P_CIRCUIT);
        var target = hosts.peer();
        assertThatThrownBy(() ->
                        caller.host()
                                .connect(nested.withPeer(target.host().peerId()), TestHosts.LIMIT))
                .hasMessageContaining("no transport");
        // By way of the connection that is there.
        var lied = Multiaddr.parse("/ip4/127.0.0.1/tcp/1/p2p/" + relay.host().peerId());
        assertThatThrownBy(() ->
                        caller.host()
                                .connect(
                                        Multiaddr.parse(lied + "/p2p-circuit")
                                                .withPeer(target.host().peerId()),
                                        TestHosts.LIMIT))
                .hasMessageContaining("itself reached through a relay");
    }
}
