package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.ping.Ping;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/// Noise and Yamux over TCP, and how connections begin and end.
@PeerProgram.Needed(PeerProgram.RUST)
final class ConnectionTest {
    private static final String SEED = "07".repeat(32);

    @ParameterizedTest
    @EnumSource
    @DisplayName("go-multistream#20, go-multistream#87: no lazy in a lazy")
    void aConnectionIsAuthenticatedOnBothSides(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            assertThat(connection.remotePublicKey().peerId()).isEqualTo(rust.peerId());
            assertThat(connection.isOpen()).isTrue();
            assertThat(java.host().connections(rust.peerId())).containsExactly(connection);
        }
    }

    @Test
    void weRefuseAPeerThatIsNotTheOneInTheAddress() throws Exception {
        var other = KeyPair.generate(new SecureRandom()).peerId();
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var wrong = rust.address().withoutPeer().withPeer(other);

            assertThatThrownBy(() -> java.host().connect(wrong, Arrivals.PATIENCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(other.toString())
                    .hasMessageContaining(rust.peerId().toString());
            assertThat(java.host().connections()).isEmpty();
        }
    }

    @Test
    void theRustPeerRefusesUsUnderAnotherPeerId() throws Exception {
        var other = KeyPair.generate(new SecureRandom()).peerId();
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var wrong = java.address().withoutPeer().withPeer(other).toString();

            assertThat(rust.refusal("dial", Map.of("address", wrong)))
                    .contains(java.peerId().toString());
            assertThat(rust.seen("connected")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKilledPeerIsNoticedAndComesBack(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start()) {
            var first = RustPeer.start("--seed", SEED);
            try (first) {
                var connection = dialer.connect(java, first);
                first.kill();
                assertThat(java.awaitDisconnected().connection()).isSameAs(connection);
                assertThat(connection.isOpen()).isFalse();
                assertThat(java.host().connections()).isEmpty();
            }
            try (var second = RustPeer.start("--seed", SEED)) {
                assertThat(second.peerId()).isEqualTo(first.peerId());
                var connection = dialer.connect(java, second);
                assertThat(Ping.measure(connection, 1, Arrivals.PATIENCE)).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void ourCrashIsNoticed(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            dialer.connect(java, rust);

            java.host().abort();

            assertThat(rust.await("disconnected").get("connections").asInt()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachSideMayEndTheConnectionInGoodOrder(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var first = dialer.connect(java, rust);
            rust.tell("disconnect", Map.of("peer", java.peerId().toString()));
            assertThat(java.awaitDisconnected().connection()).isSameAs(first);
            rust.await("disconnected");

            var second = dialer.connect(java, rust);
            second.close();
            assertThat(rust.await("disconnected").get("peer").asText())
                    .isEqualTo(java.peerId().toString());
            assertThat(java.awaitDisconnected().connection()).isSameAs(second);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProtocolThatTheOtherDoesNotSpeakCostsOnlyTheStream(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            // The refusal may be overtaken by the reset that our early data causes.
            assertThatThrownBy(() -> firstRead(connection, List.of("/unknown/1")))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> firstRead(connection, List.of("/unknown/1", "/unknown/2")))
                    .isInstanceOf(ProtocolException.class);
            var search = Map.of("peer", java.peerId().toString(), "tag", "barber");
            assertThat(rust.refusal("search", search)).containsIgnoringCase("protocol");

            assertThat(Ping.measure(connection, 1, Arrivals.PATIENCE)).hasSize(1);
            assertThat(rust.ask("ping", Map.of("peer", java.peerId().toString())).get("count"))
                    .hasToString("1");
        }
    }

    private static void firstRead(Connection connection, List<String> protocols)
            throws IOException {
        try (var stream = connection.open(protocols, Arrivals.PATIENCE)) {
            stream.deadline(Arrivals.PATIENCE);
            stream.write(new byte[1], 0, 1);
            assertThat(stream.read(new byte[1], 0, 1)).isNotNegative();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRefusedProtocolMayBeFollowedByOneThatIsSpoken(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start();
                var stream =
                        dialer.connect(java, rust)
                                .open(List.of("/unknown/1", Ping.PROTOCOL), Arrivals.PATIENCE)) {
            assertThat(stream.protocol()).isEqualTo(Ping.PROTOCOL);
        }
    }
}
