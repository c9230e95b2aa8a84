package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.noise.ForgedNoise;
import org.p2prmb.libp2p.tls.TlsSecurity;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.TcpChannel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// What a stranger may do to a listener before it has proven who it is.
@Timeout(60)
final class HostileDialerTest {
    private static final Duration UPGRADE = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] HELLO = Multistream.proposal("/noise");
    private static final List<Integer> SIZES = List.of(1, 2, 3, 19, 20, 33, 200, 1025, 65_535);

    /// At 30 ms each, many times the deadline.
    private static final int DRIPS = 300;

    private final TestHosts hosts = new TestHosts();
    private final KeyPair keys = KeyPair.generate(new SecureRandom());
    private final TlsSecurity tls =
            new TlsSecurity(
                    keys,
                    List.of("/yamux/1.0.0"),
                    new SecureRandom(),
                    new BufferPool(),
                    InstantSource.system());
    private TcpHost server;

    /// How far a dialer behaves before it does not.
    private enum Stage {
        NOTHING_SAID,
        NOISE_PROPOSED,
        IDENTITY_OWED,
        MUXER_OWED,
        TLS_PROPOSED,
        CERTIFICATE_OWED
    }

    @BeforeEach
    void startServer() throws IOException {
        server =
                hosts.startEcho(config ->
                        config.withTimeouts(HostTimeouts.defaults().withUpgrade(UPGRADE))
                                .withLimits(TestHosts.pending(1_000)));
    }

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    @DisplayName("Prysm attacknet#8: junk at every stage of a handshake")
    void junkOfAnySizeAtEveryStageEndsTheConnection() throws Exception {
        everywhere((dialer, stage) -> {
            for (var size : SIZES) {
                try (var channel = dial()) {
                    reach(stage, channel);
                    var junk = Seeds.bytes(new SplittableRandom(size), size);
                    send(channel, junk);
                    assertEnds(channel);
                }
            }
        });
    }

    @Test
    void framedJunkAtEveryStageEndsTheConnection() throws Exception {
        everywhere((dialer, stage) -> {
            for (var size : SIZES) {
                try (var channel = dial()) {
                    reach(stage, channel);
                    var junk = Seeds.bytes(new SplittableRandom(size), size);
                    new ForgedNoise(channel).send(junk);
                    assertEnds(channel);
                } catch (IOException e) {
                    // Cut off in the middle of our junk.
                    assertThat(e).hasMessageMatching("(?s).*(reset|[Bb]roken|closed).*");
                }
            }
        });
    }

    @Test
    void whoStopsAtAnyStageIsCutOffAtTheDeadline() throws Exception {
        everywhere((dialer, stage) -> {
            try (var channel = dial()) {
                var start = System.nanoTime();
                reach(stage, channel);
                assertEnds(channel);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isGreaterThan(UPGRADE.dividedBy(2));
            }
        });
    }

    @Test
    @DisplayName("Prysm attacknet#8: a slow loris at every stage of a handshake")
    void whoDripsBytesIsCutOffAtTheSameDeadline() throws Exception {
        everywhere((dialer, stage) -> {
            try (var channel = dial()) {
                var start = System.nanoTime();
                reach(stage, channel);
                var cut = false;
                for (var i = 0; i < DRIPS && !cut; i++) {
                    cut = !drip(channel, beginning(stage, i));
                }
                assertThat(cut).isTrue();
                assertEnds(channel);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(UPGRADE.dividedBy(2), PATIENCE);
            }
        });
    }

    /// Byte `i` of what a dialer may say next, with nothing wrong in it before the deadline.
    private static byte beginning(Stage stage, int i) {
        var header =
                switch (stage) {
                    case NOTHING_SAID -> HELLO;
                    // Of 32 bytes, as the first message has to be.
                    case NOISE_PROPOSED -> new byte[] {0, 32};
                    case IDENTITY_OWED, MUXER_OWED -> new byte[] {3, 0};
                    case TLS_PROPOSED -> new byte[] {0x16, 3, 1, 3, 0};
                    case CERTIFICATE_OWED -> new byte[] {0x17, 3, 3, 3, 0};
                };
        return i < header.length ? header[i] : 1;
    }

    /// Sends one byte each 30 ms; false when the host has had enough.
    private static boolean drip(TcpChannel channel, byte one) {
        java.util.concurrent.locks.LockSupport.parkNanos(30_000_000);
        try {
            channel.write(new byte[] {one}, 0, 1);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void aFalseIdentityInTheLastMessageClosesTheSocket() throws IOException {
        for (var lie = 0; lie < 3; lie++) {
            try (var channel = dial()) {
                var forged = proposeNoise(channel);
                var handshake = forged.beginAsInitiator();
                var payload =
                        switch (lie) {
                            case 0 -> forged.flipped(keys);
                            case 1 -> forged.replayed(keys);
                            default -> forged.swapped(keys, KeyPair.generate(new SecureRandom()));
                        };
                forged.endAsInitiator(handshake, payload);
                assertEnds(channel);
            }
        }
        assertThat(server.connections()).isEmpty();
    }

    @Test
    void aHostThatFindsItselfAtTheOtherEndHangsUp() throws IOException {
        try (var channel = dial()) {
            var forged = proposeNoise(channel);
            var handshake = forged.beginAsInitiator();
            forged.endAsInitiator(handshake, forged.honest(server.keys(), List.of("/yamux/1.0.0")));
            assertEnds(channel);
        }
    }

    @Test
    void aDialerWithoutASecurityOfOursIsRefused() throws IOException {
        try (var channel = dial()) {
            send(channel, Multistream.proposal("/plaintext/2.0.0"));
            var answer = new byte[24];
            for (var filled = 0; filled < answer.length; ) {
                filled += channel.read(answer, filled, answer.length - filled);
            }

            assertThat(new String(answer, java.nio.charset.StandardCharsets.US_ASCII))
                    .endsWith("\003na\n");
        }
    }

    private interface Attack {
        void run(int dialer, Stage stage) throws IOException;
    }

    /// Runs `attack` at all stages at once, and afterwards expects the server to serve.
    private void everywhere(Attack attack) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var attacks =
                    IntStream.range(0, Stage.values().length)
                            .mapToObj(i ->
                                    (Future<?>)
                                            threads.submit(() -> {
                                                attack.run(i, Stage.values()[i]);
                                                return i;
                                            }))
                            .toList();
            for (var running : attacks) {
                try {
                    running.get();
                } catch (ExecutionException e) {
                    throw new AssertionError("attack " + attacks.indexOf(running), e.getCause());
                }
            }
        }
        Eventually.holds("no connection stays", () -> server.connections().isEmpty());
        var connection = TestHosts.connect(hosts.start(), server);
        assertThat(TestHosts.ask(connection, ECHO, new byte[] {1})).containsExactly(1);
    }

    private TcpChannel dial() throws IOException {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        return TcpChannel.dial(
                new InetSocketAddress(address.getAddress(), address.getPort()), PATIENCE);
    }

    private void reach(Stage stage, TcpChannel channel) throws IOException {
        switch (stage) {
            case NOTHING_SAID -> {}
            case NOISE_PROPOSED -> proposeNoise(channel);
            case TLS_PROPOSED -> send(channel, Multistream.proposal(TlsSecurity.PROTOCOL));
            case CERTIFICATE_OWED -> {
                send(channel, Multistream.proposal(TlsSecurity.PROTOCOL));
                send(channel, tls.initiate(server.peerId()).firstMessage());
            }
            case IDENTITY_OWED -> proposeNoise(channel).beginAsInitiator();
            case MUXER_OWED -> {
                var forged = proposeNoise(channel);
                var handshake = forged.beginAsInitiator();
                forged.endAsInitiator(handshake, forged.honest(keys, List.of()));
            }
        }
    }

    private static ForgedNoise proposeNoise(TcpChannel channel) throws IOException {
        send(channel, HELLO);
        var forged = new ForgedNoise(channel);
        assertThat(forged.receive(HELLO.length)).isEqualTo(HELLO);
        return forged;
    }

    private static void send(TcpChannel channel, byte[] bytes) throws IOException {
        channel.write(bytes, 0, bytes.length);
    }

    /// Reads until the server closes, which it must; what it still says does not matter.
    private static void assertEnds(TcpChannel channel) {
        var start = System.nanoTime();
        var buffer = new byte[4096];
        try {
            while (channel.read(buffer, 0, buffer.length) >= 0) {
                assertThat(System.nanoTime() - start).isLessThan(PATIENCE.toNanos());
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }
}
