package org.p2prmb.libp2p.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

final class ResourcesTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final PeerId ALICE = KeyPair.generate(new SecureRandom()).peerId();
    private static final PeerId BOB = KeyPair.generate(new SecureRandom()).peerId();
    private static final ResourceLimits LIMITS = ResourceLimits.scaled(1L << 30, 100_000);
    private static final Optional<InetAddress> NOBODY = Optional.empty();

    private static Optional<InetAddress> ip(String text) throws UnknownHostException {
        return Optional.of(InetAddress.getByName(text));
    }

    @Test
    void oneNetworkOfIpv6CountsAsOneAddress() throws Exception {
        var resources = new Resources(LIMITS.withAddresses(AddressLimits.of(2, true)));
        resources.accept(NOW, ip("2001:db8:0:1::1"));
        var second = resources.accept(NOW, ip("2001:db8:0:2::1"));
        var near = ip("2001:db8:0:ff::9");

        assertThatThrownBy(() -> resources.accept(NOW, near)).hasMessageContaining("one address");
        resources.accept(NOW, ip("2001:db8:0:100::1"));
        second.close();
        second.close();
        resources.accept(NOW, near);
        assertThatThrownBy(() -> resources.accept(NOW, near)).hasMessageContaining("one address");
    }

    @Test
    void oneSiteOfIpv6HasItsOwnLimit() throws Exception {
        var limits = new AddressLimits(1, 3, 9, Duration.ofSeconds(5), true);
        var resources = new Resources(LIMITS.withAddresses(limits));
        for (var network = 1; network <= 3; network++) {
            resources.accept(NOW, ip("2001:db8:7:%d00::1".formatted(network)));
        }
        assertThatThrownBy(() -> resources.accept(NOW, ip("2001:db8:7:900::1")))
                .hasMessageContaining("one address");
        resources.accept(NOW, ip("2001:db8:8::1"));
        assertThat(resources.use().refused()).containsEntry("connections-ip", 1L);
    }

    @Test
    void newConnectionsOfOneAddressComeAtABoundedRate() throws Exception {
        var limits = new AddressLimits(1, 8, 3, Duration.ofSeconds(5), true);
        var resources = new Resources(LIMITS.withAddresses(limits));
        var address = ip("1.1.1.1");
        for (var i = 0; i < 3; i++) {
            resources.accept(NOW, address).close();
        }
        assertThatThrownBy(() -> resources.accept(NOW.plusSeconds(4), address))
                .hasMessageContaining("new connections");
        resources.accept(NOW.plusSeconds(4), ip("1.1.1.2"));
        resources.accept(NOW.plusSeconds(5), address).close();
        assertThatThrownBy(() -> resources.accept(NOW.plusSeconds(5), address))
                .isInstanceOf(ResourceLimitException.class);
        assertThat(resources.use().refused()).containsEntry("connections-rate", 2L);
    }

    @Test
    void theRateOfAMillionAddressesTakesABoundedMemory() {
        var rate = new AddressRate(16, Duration.ofSeconds(5));
        for (var i = 0; i < 1_000_000; i++) {
            rate.take(
                    NOW,
                    org.p2prmb.libp2p.core.Bytes.wrap(
                            new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i, 1}));
        }
        assertThat(rate.size()).isEqualTo(AddressRate.NETWORKS_MAX);
        for (var i = 0; i < AddressRate.NETWORKS_MAX; i++) {
            rate.forgetFull(NOW.plusSeconds(5));
        }
        assertThat(rate.size()).isZero();
    }

    @Test
    void aStreamNeedsRoomInEveryScopeAroundIt() throws Exception {
        var chat = ProtocolLimits.of(3, 2);
        var resources = new Resources(LIMITS.withProtocol(chat));
        var alice = proven(resources, ALICE);
        var bob = proven(resources, BOB);
        var first = chat(alice);
        chat(alice);
        var third = alice.stream(true);
        assertThatThrownBy(() -> third.agreed("/chat")).hasMessageContaining("with one peer");
        third.close();
        chat(bob);
        var other = bob.stream(true);
        assertThatThrownBy(() -> other.agreed("/chat")).hasMessageContaining("one protocol");
        first.close();
        other.agreed("/chat");
        assertThat(resources.use().refused())
                .containsEntry("streams-protocol", 1L)
                .containsEntry("streams-protocol-peer", 1L);
    }

    private static ConnectionScope proven(Resources resources, PeerId peer)
            throws ResourceLimitException {
        var connection = resources.accept(NOW, NOBODY);
        connection.established(peer);
        return connection;
    }

    private static StreamScope chat(ConnectionScope connection) throws ResourceLimitException {
        var stream = connection.stream(true);
        stream.agreed("/chat");
        return stream;
    }

    @Test
    void whatIsNotNegotiatedYetHasFewPlaces() throws Exception {
        var few = LIMITS.unproven().all().withConnections(2, 2, 2).withStreams(1, 1, 1);
        var resources = new Resources(LIMITS.withUnproven(few));
        var alice = resources.accept(NOW, NOBODY);
        resources.accept(NOW, NOBODY);
        assertThatThrownBy(() -> resources.accept(NOW, NOBODY)).hasMessageContaining("pending");
        alice.established(ALICE);
        resources.accept(NOW, NOBODY);

        var silent = alice.stream(true);
        assertThatThrownBy(() -> alice.stream(true)).hasMessageContaining("pending streams");
        silent.agreed("/chat");
        assertThat(alice.stream(true)).isNotNull();
    }

    @Test
    void memoryIsTakenFromConnectionPeerAndSystem() throws Exception {
        var system = LIMITS.system().withBytes(100);
        var resources =
                new Resources(LIMITS.withSystem(system).withPeer(LIMITS.peer().withBytes(60)));
        var one = proven(resources, ALICE);
        var two = proven(resources, ALICE);
        var bob = proven(resources, BOB);
        assertThat(one.hold(40)).isTrue();
        assertThat(two.hold(30)).isFalse();
        assertThat(two.hold(20)).isTrue();
        assertThat(bob.hold(50)).isFalse();
        assertThat(bob.hold(40)).isTrue();
        assertThat(resources.use().bytes()).isEqualTo(100);
        assertThat(resources.use().refused())
                .containsEntry("memory-peer", 1L)
                .containsEntry("memory-system", 1L);
        one.close();
        one.release(40);
        assertThat(two.hold(30)).isTrue();
    }

    @Test
    void windowsGrowWhileHalfOfTheMemoryStaysForWhatComes() throws Exception {
        var system = LIMITS.system().withBytes(100);
        var resources = new Resources(LIMITS.withSystem(system));
        var alice = proven(resources, ALICE);
        assertThat(alice.reserve(51)).isFalse();
        assertThat(alice.reserve(50)).isTrue();
        assertThat(alice.reserve(1)).isFalse();
        assertThat(alice.hold(50)).isTrue();
        assertThat(alice.hold(1)).isFalse();
        alice.release(60);
        assertThat(alice.reserve(10)).isTrue();
    }

    /// Whatever is taken, refused and given back in whatever order: all counts end at zero.
    @Test
    void nothingIsLeftWhenEverybodyHasGone() {
        var chat = ProtocolLimits.of(20, 3);
        var limits =
                LIMITS.withConnections(20, 15)
                        .withUnproven(LIMITS.unproven().all().withConnections(6, 6, 9))
                        .withPeer(LIMITS.peer().withConnections(3, 3, 4).withStreams(5, 5, 8))
                        .withProtocol(chat);
        var peers = new ArrayList<PeerId>();
        for (var i = 0; i < 8; i++) {
            peers.add(KeyPair.generate(new SecureRandom()).peerId());
        }
        Seeds.forEach(
                50,
                random -> {
                    var resources = new Resources(limits);
                    var held = new ArrayDeque<AutoCloseable>();
                    for (var step = 0; step < 300; step++) {
                        take(resources, peers, held, random);
                        if (random.nextInt(3) == 0 && !held.isEmpty()) {
                            (random.nextBoolean() ? held.pollFirst() : held.pollLast()).close();
                        }
                        assertThat(resources.use().connectionsIn()).isLessThanOrEqualTo(15);
                        assertThat(resources.unproven.count(Amount.CONNECTION_IN))
                                .isLessThanOrEqualTo(6);
                    }
                    for (var open : held) {
                        open.close();
                    }
                    assertThat(resources.use().isZero()).isTrue();
                    assertThat(resources.networks.size()).isZero();
                    assertThat(resources.protocols.size()).isZero();
                    assertThat(resources.peerProtocols.size()).isZero();
                    assertThat(resources.use().refused()).isNotEmpty();
                });
    }

    private static void take(
            Resources resources,
            List<PeerId> peers,
            ArrayDeque<AutoCloseable> held,
            RandomGenerator random)
            throws UnknownHostException {
        try {
            var connection =
                    random.nextBoolean()
                            ? resources.accept(NOW, ip("9.9.9." + random.nextInt(9)))
                            : resources.dial();
            held.add(connection);
            if (random.nextInt(4) == 0) {
                return;
            }
            connection.established(peers.get(random.nextInt(peers.size())));
            for (var i = 0; i < 3; i++) {
                var stream = connection.stream(random.nextBoolean());
                held.add(stream);
                stream.agreed(random.nextBoolean() ? "/chat" : "/other");
            }
        } catch (ResourceLimitException e) {
            assertThat(e).hasMessageStartingWith("too many");
        }
    }

    @Test
    void limitsFollowHeapAndDescriptors() {
        var large = ResourceLimits.scaled(2L << 30, 20_000);
        assertThat(large.system().connectionsIn()).isGreaterThanOrEqualTo(10_000);
        assertThat(large.system().bytes()).isEqualTo(512L << 20);
        assertThat(ResourceLimits.scaled(2L << 30, 1_024).system().connections()).isEqualTo(512);
        assertThat(ResourceLimits.scaled(64L << 20, 20_000).system().connections()).isEqualTo(512);
    }
}
