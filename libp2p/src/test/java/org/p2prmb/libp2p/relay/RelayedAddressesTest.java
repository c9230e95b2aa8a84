package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identify.PeerInfo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicReference;

/// A host that does not listen finds relays by itself, over real sockets.
@Timeout(60)
final class RelayedAddressesTest {
    private static final ReservationMachine.Config QUICK =
            new ReservationMachine.Config(1, Duration.ofMillis(50), Duration.ofMillis(200));

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final AtomicReference<Throwable> death = new AtomicReference<>();

    private RelayHosts relay(RelayConfig config) throws IOException {
        var hosts = new RelayHosts(config);
        open.push(hosts);
        return hosts;
    }

    private RelayedAddresses keep(RelayHosts.Peer peer) {
        var addresses =
                RelayedAddresses.start(
                        peer.host(),
                        peer.client(),
                        QUICK,
                        new MonotonicClock(),
                        new SplittableRandom(1),
                        _ -> {},
                        death::set);
        open.push(addresses);
        return addresses;
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        assertThat(death).hasNullValue();
    }

    @Test
    void aRelayThatIsMetIsReservedAndAnnounced() throws IOException {
        var relay = relay(RelayConfig.defaults());
        var peer = relay.peer();
        var addresses = keep(peer);
        relay.connectRelay(peer);
        assertThat(peer.host().announcedAddresses()).isEmpty();
        addresses.want(true);
        var circuit = relay.circuit(peer).withoutPeer();
        Eventually.holds(
                "it is announced", () -> peer.host().announcedAddresses().equals(List.of(circuit)));
        // Whoever calls hears it from identify, too.
        var told = new CopyOnWriteArraySet<PeerInfo>();
        var caller = relay.peer();
        caller.host()
                .listen(
                        new HostListener() {
                            @Override
                            public void identified(Connection connection, PeerInfo info) {
                                told.add(info);
                            }
                        });
        var connection = caller.host().connect(relay.circuit(peer), TestHosts.LIMIT);
        assertThat(TestHosts.ask(connection, TestHosts.ECHO, new byte[10])).hasSize(10);
        Eventually.holds(
                "it is told",
                () -> told.stream().anyMatch(info -> info.peer().equals(peer.host().peerId())));
        addresses.want(false);
        Eventually.holds("it is not needed", () -> peer.host().announcedAddresses().isEmpty());
    }

    @Test
    void anotherRelayIsFoundWhenOneRefuses() throws IOException {
        var full =
                relay(
                        RelayConfig.defaults()
                                .withPlaces(new RelayConfig.Places(0, 1, Duration.ofHours(1))));
        var free = relay(RelayConfig.defaults());
        var peer = full.peer();
        keep(peer).want(true);
        full.connectRelay(peer);
        TestHosts.connect(peer.host(), free.relayHost);
        Eventually.holds("the free one has us", () -> free.relay.reservations() == 1);
        assertThat(full.relay.reservations()).isZero();
    }

    @Test
    void aPlaceThatIsLostIsTakenAgain() throws IOException {
        var relay = relay(RelayConfig.defaults());
        var peer = relay.peer();
        keep(peer).want(true);
        relay.connectRelay(peer);
        Eventually.holds("it has a place", () -> !peer.host().announcedAddresses().isEmpty());
        relay.relayHost.connections(peer.host().peerId()).forEach(Connection::close);
        Eventually.holds("it is lost", () -> peer.host().announcedAddresses().isEmpty());
        Eventually.holds("it is back", () -> !peer.host().announcedAddresses().isEmpty());
    }
}
