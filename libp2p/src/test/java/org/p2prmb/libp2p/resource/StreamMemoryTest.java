package org.p2prmb.libp2p.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What streams hold, counted by the protocol that they speak.
final class StreamMemoryTest {
    private static final PeerId ALICE = KeyPair.generate(new SecureRandom()).peerId();
    private static final PeerId BOB = KeyPair.generate(new SecureRandom()).peerId();

    /// Bytes: 100 without a protocol, 80 of one protocol, 50 of it with one peer; of the service
    /// 60, and 40 with one peer.
    private static final ResourceLimits LIMITS = limits();

    private final Resources resources = new Resources(LIMITS);

    private static ResourceLimits limits() {
        var defaults = ResourceLimits.scaled(1L << 30, 100_000);
        var any = ScopeLimits.NONE;
        var service =
                new ServiceLimits(
                        "mail", Set.of("/post", "/fetch"), any.withBytes(60), any.withBytes(40));
        return defaults.withUnproven(defaults.unproven().all().withBytes(100))
                .withProtocol(ProtocolLimits.of(100, 100).withBytes(80, 50))
                .withServices(List.of(service));
    }

    private ConnectionScope connect(PeerId peer) throws ResourceLimitException {
        var connection = resources.accept(Instant.EPOCH, Optional.empty());
        connection.established(peer);
        return connection;
    }

    private StreamScope stream(PeerId peer, String protocol) throws ResourceLimitException {
        var stream = connect(peer).stream(true);
        stream.agreed(protocol);
        return stream;
    }

    private long refused(String what) {
        return resources.use().refused().getOrDefault(what, 0L);
    }

    @Test
    void whatComesBeforeAProtocolIsAgreedIsLimited() throws Exception {
        var one = connect(ALICE).stream(true);
        var other = connect(BOB).stream(true);
        assertThat(one.hold(60)).isTrue();
        assertThat(other.hold(41)).isFalse();
        assertThat(refused("memory-transient")).isEqualTo(1);
        assertThat(other.hold(40)).isTrue();
        assertThat(resources.use().bytesPending()).isEqualTo(100);

        other.agreed("/chat");
        assertThat(resources.use().bytesPending()).isEqualTo(60);
        assertThat(resources.use().bytesAgreed()).isEqualTo(40);
        assertThat(resources.use().streamsPending()).isEqualTo(1);
    }

    @Test
    void aProtocolAndAPeerOfItHoldSoMuch() throws Exception {
        var alice = stream(ALICE, "/chat");
        assertThat(alice.hold(51)).isFalse();
        assertThat(refused("memory-protocol-peer")).isEqualTo(1);
        assertThat(alice.hold(50)).isTrue();

        var bob = stream(BOB, "/chat");
        assertThat(bob.hold(31)).isFalse();
        assertThat(refused("memory-protocol")).isEqualTo(1);
        assertThat(bob.hold(30)).isTrue();
        assertThat(stream(BOB, "/other").hold(50)).isTrue();
    }

    @Test
    void aServiceAndAPeerOfItHoldSoMuchOverAllItsProtocols() throws Exception {
        assertThat(stream(ALICE, "/post").hold(30)).isTrue();
        var alice = stream(ALICE, "/fetch");
        assertThat(alice.hold(11)).isFalse();
        assertThat(refused("memory-service-peer")).isEqualTo(1);
        assertThat(alice.hold(10)).isTrue();

        var bob = stream(BOB, "/fetch");
        assertThat(bob.hold(21)).isFalse();
        assertThat(refused("memory-service")).isEqualTo(1);
        assertThat(bob.hold(20)).isTrue();
    }

    @Test
    void windowsGrowIntoTheFirstHalfOnly() throws Exception {
        var stream = stream(ALICE, "/chat");
        assertThat(stream.reserve(26)).isFalse();
        assertThat(refused("windows-protocol-peer")).isEqualTo(1);
        assertThat(stream.reserve(25)).isTrue();
        assertThat(stream.hold(25)).isTrue();
    }

    @Test
    void whoHoldsTooMuchForAProtocolIsRefusedAndStaysWhereItWas() throws Exception {
        var stream = connect(ALICE).stream(true);
        assertThat(stream.hold(60)).isTrue();
        assertThatThrownBy(() -> stream.agreed("/chat")).hasMessageContaining("too much memory");
        assertThat(resources.use().bytesPending()).isEqualTo(60);
        assertThat(resources.use().streamsPending()).isEqualTo(1);
        assertThat(resources.protocols.size()).isZero();

        stream.close();
        stream.release(60);
        assertThat(resources.use().bytesPending()).isZero();
        assertThat(resources.use().streamsPending()).isZero();
    }

    @Test
    void aStreamThatIsOverTakesNothingAndGivesBackWhatItHad() throws Exception {
        var connection = connect(ALICE);
        var stream = connection.stream(true);
        stream.agreed("/post");
        assertThat(stream.hold(30)).isTrue();
        stream.close();
        connection.close();
        assertThat(stream.hold(1)).isFalse();
        assertThat(resources.use().bytesAgreed()).isEqualTo(30);

        var next = stream(ALICE, "/post");
        assertThat(next.hold(11)).isFalse();
        stream.release(30);
        assertThat(next.hold(11)).isTrue();
        assertThat(resources.use().bytesAgreed()).isEqualTo(11);
    }

    /// Whatever streams take, speak and give back in whatever order, nothing is left.
    @Test
    void nothingIsLeftWhenAllIsGivenBack() {
        Seeds.forEach(
                50,
                random -> {
                    var host = new Resources(LIMITS);
                    var open = new ArrayList<AutoCloseable>();
                    var connections = new ArrayList<ConnectionScope>();
                    for (var peer : List.of(ALICE, ALICE, BOB)) {
                        var connection = host.accept(Instant.EPOCH, Optional.empty());
                        connection.established(peer);
                        connections.add(connection);
                    }
                    for (var step = 0; step < 60; step++) {
                        var stream = connections.get(step % 3).stream(random.nextBoolean());
                        open.add(stream);
                        var bytes = random.nextInt(40);
                        if (stream.hold(bytes)) {
                            open.add(() -> stream.release(bytes));
                        }
                        try {
                            stream.agreed(random.nextBoolean() ? "/post" : "/chat");
                        } catch (ResourceLimitException e) {
                            assertThat(e).hasMessageStartingWith("too much");
                        }
                        if (stream.reserve(5)) {
                            open.add(() -> stream.release(5));
                        }
                        while (open.size() > 20) {
                            open.remove(random.nextInt(open.size())).close();
                        }
                    }
                    connections.forEach(ConnectionScope::close);
                    while (!open.isEmpty()) {
                        open.remove(random.nextInt(open.size())).close();
                    }
                    assertThat(host.use().isZero()).isTrue();
                    assertThat(host.protocols.size()).isZero();
                    assertThat(host.peerProtocols.size()).isZero();
                    assertThat(host.services.size()).isZero();
                    assertThat(host.peerServices.size()).isZero();
                });
    }
}
