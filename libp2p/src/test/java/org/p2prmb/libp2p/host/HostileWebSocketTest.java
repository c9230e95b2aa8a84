package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.transport.TcpChannel;
import org.p2prmb.libp2p.transport.TcpListener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// What a stranger may do on the way to a WebSocket, to a listener and to a dialer.
@Timeout(60)
final class HostileWebSocketTest {
    private static final Duration UPGRADE = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<Integer> SIZES = List.of(1, 2, 20, 200, 8193, 65_535);
    private static final KeyPair DIALLED = KeyPair.generate(new SecureRandom());
    private static final byte[] REQUEST =
            """
            GET / HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r
            """
                    .getBytes(StandardCharsets.US_ASCII);

    private final TestHosts hosts = new TestHosts();
    private TcpHost server;

    /// How far a dialer behaves before it does not.
    private enum Stage {
        NOTHING_SAID,
        HALF_ASKED,
        UPGRADED
    }

    @BeforeEach
    void startServer() throws IOException {
        server =
                hosts.startEcho(config ->
                        config.withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0/ws")))
                                .withTimeouts(HostTimeouts.defaults().withUpgrade(UPGRADE))
                                .withLimits(TestHosts.pending(1_000)));
    }

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private TcpChannel dial() throws IOException {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        return TcpChannel.dial(
                new InetSocketAddress(address.getAddress(), address.getPort()), PATIENCE);
    }

    private static void reach(Stage stage, TcpChannel channel) throws IOException {
        switch (stage) {
            case NOTHING_SAID -> {}
            case HALF_ASKED -> channel.write(REQUEST, 0, REQUEST.length / 2);
            case UPGRADED -> {
                channel.write(REQUEST, 0, REQUEST.length);
                var answer = new byte[4096];
                var size = channel.read(answer, 0, answer.length);
                assertThat(new String(answer, 0, size, StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 101 ");
            }
        }
    }

    /// Reads until the server closes, which it must; what it still says does not matter.
    private static void assertEnds(TcpChannel channel) {
        var buffer = new byte[4096];
        try {
            while (channel.read(buffer, 0, buffer.length) >= 0) {
                // An error of HTTP, or a close of the WebSocket.
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private void assertStillServes() throws IOException {
        Eventually.holds("no connection stays", () -> server.connections().isEmpty());
        var connection = TestHosts.connect(hosts.start(), server);
        assertThat(TestHosts.ask(connection, ECHO, new byte[] {1})).containsExactly(1);
    }

    @Test
    void junkOfAnySizeAtEveryStageEndsTheConnection() throws IOException {
        for (var stage : Stage.values()) {
            for (var size : SIZES) {
                try (var channel = dial()) {
                    reach(stage, channel);
                    var junk = Seeds.bytes(new SplittableRandom(size), size);
                    try {
                        channel.write(junk, 0, size);
                    } catch (IOException e) {
                        // Cut off in the middle of our junk.
                        assertThat(e).hasMessageMatching("(?s).*(reset|[Bb]roken|closed).*");
                    }
                    assertEnds(channel);
                }
            }
        }
        assertStillServes();
    }

    @Test
    void whoStopsAtAnyStageIsCutOffAtTheDeadline() throws IOException {
        for (var stage : Stage.values()) {
            try (var channel = dial()) {
                reach(stage, channel);
                assertEnds(channel);
            }
        }
        assertStillServes();
    }

    /// Slow-loris: a header line every now and then keeps a web server busy for ever.
    @Test
    void whoDripsARequestIsCutOffAtTheSameDeadline() throws IOException {
        try (var channel = dial()) {
            var cut = false;
            for (var i = 0; !cut; i++) {
                LockSupport.parkNanos(10_000_000);
                try {
                    channel.write(REQUEST, i % REQUEST.length, 1);
                } catch (IOException _) {
                    cut = true; // @Timeout ends this test when the host never has enough.
                }
            }
        }
        assertStillServes();
    }

    @Test
    void aServerOfOtherThingsIsNamedInTheFailure() throws Exception {
        try (var listener = TcpListener.open(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var address = listener.addresses().getFirst().with(Protocol.WS);
            var answer = "HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            var served =
                    threads.submit(() -> {
                        try (var channel = listener.accept()) {
                            channel.write(answer, 0, answer.length);
                            assertEnds(channel);
                            return true;
                        }
                    });

            assertThatThrownBy(() ->
                            hosts.start()
                                    .connect(DIALLED.peerId(), List.of(address), TestHosts.LIMIT))
                    .hasMessageContaining("403 Forbidden");
            assertThat(served.get()).isTrue();
        }
    }

    @Test
    void aServerThatNeverAnswersTheRequestIsGivenUp() throws IOException {
        var patience = HostTimeouts.defaults().withDialAddress(Duration.ofMillis(200));
        var client = hosts.start(config -> config.withTimeouts(patience));
        try (var listener = TcpListener.open(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))) {
            var address = listener.addresses().getFirst().with(Protocol.WS);

            assertThatThrownBy(() ->
                            client.connect(DIALLED.peerId(), List.of(address), TestHosts.LIMIT))
                    .hasMessageContaining("no agreement within");
        }
    }
}
