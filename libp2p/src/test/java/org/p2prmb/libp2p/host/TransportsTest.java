package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.SplittableRandom;

/// Hosts over each transport and security.
@Timeout(60)
final class TransportsTest {
    private static final List<String> LISTEN =
            List.of("/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws");

    private static final String DIGEST = "/test/digest/1.0.0";
    private static final String SOURCE = "/test/source/1.0.0";
    private static final int HASH_BYTES = 32;
    private static final byte[] MESSAGE = Seeds.bytes(new SplittableRandom(7), 8 << 20);

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private TcpHost listening(List<String> addresses, SecurityKind security) throws IOException {
        return hosts.startEcho(config ->
                config.withListen(addresses.stream().map(Multiaddr::parse).toList())
                        .withSecurities(List.of(security)));
    }

    /// What the bytes are that come: [#hash] of them.
    private static void digest(Stream stream) throws IOException {
        stream.write(hash(TestHosts.readAll(stream)), 0, HASH_BYTES);
    }

    /// Sends [#MESSAGE] to whoever asks.
    private static void source(Stream stream) throws IOException {
        TestHosts.readAll(stream);
        stream.write(MESSAGE, 0, MESSAGE.length);
    }

    private static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void eightMebibytesArriveOverEachTransportAndSecurity() throws IOException {
        for (var security : SecurityKind.values()) {
            var server = listening(LISTEN, security);
            server.handle(DIGEST, TransportsTest::digest);
            server.handle(SOURCE, TransportsTest::source);
            for (var address : server.listenAddresses()) {
                var client = hosts.start(config -> config.withSecurities(List.of(security)));
                var connection = client.connect(server.peerId(), List.of(address), TestHosts.LIMIT);

                assertThat(connection.remoteAddress()).isEqualTo(address);
                assertThat(TestHosts.ask(connection, DIGEST, MESSAGE)).isEqualTo(hash(MESSAGE));
                assertThat(TestHosts.ask(connection, SOURCE, new byte[0])).isEqualTo(MESSAGE);
            }
        }
    }

    @Test
    void aHostListensOnSeveralTransportsAndNamesThem() throws IOException {
        var server = listening(LISTEN, SecurityKind.NOISE);

        assertThat(server.listenAddresses())
                .extracting(Multiaddr::toString)
                .satisfiesExactly(
                        tcp -> assertThat(tcp).matches("/ip4/127.0.0.1/tcp/\\d+"),
                        ws -> assertThat(ws).matches("/ip4/127.0.0.1/tcp/\\d+/ws"));
    }

    @Test
    void inboundConnectionsSayThatTheyCameOverAWebSocket() throws IOException {
        var server = listening(LISTEN, SecurityKind.TLS);
        var client = hosts.start();
        var ws = server.listenAddresses().getLast();

        client.connect(server.peerId(), List.of(ws), TestHosts.LIMIT);

        Eventually.holds("the server has it", () -> server.connections().size() == 1);
        assertThat(server.connections().getFirst().remoteAddress().toString())
                .matches("/ip4/127.0.0.1/tcp/\\d+/ws");
    }

    @Test
    void anAddressThatNoTransportListensOnIsRefusedByName() {
        for (var address : List.of("/ip4/127.0.0.1/udp/0/quic-v1", "/ip4/127.0.0.1/tcp/0/http")) {
            assertThatThrownBy(() -> listening(List.of(address), SecurityKind.NOISE))
                    .hasMessageContaining(address);
        }
        assertThatThrownBy(
                        () -> listening(List.of("/ip4/127.0.0.1/tcp/0/tls/ws"), SecurityKind.NOISE))
                .hasMessageContaining("no certificate");
    }
}
