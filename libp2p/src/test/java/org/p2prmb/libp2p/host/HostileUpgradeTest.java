package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.noise.ForgedNoise;
import org.p2prmb.libp2p.noise.NoiseSecurity;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.secure.Security;
import org.p2prmb.libp2p.tls.TlsSecurity;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.TcpChannel;
import org.p2prmb.libp2p.transport.TcpListener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// What peers with an honest identity may do in the rest of the upgrade, and servers on the way
/// to it.
@Timeout(60)
final class HostileUpgradeTest {
    private static final Duration LIMIT = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String YAMUX = "/yamux/1.0.0";
    private static final byte[] PROPOSAL = Multistream.proposal(YAMUX);
    private static final byte[] WEB_ANSWER =
            "HTTP/1.1 101 Switching Protocols".getBytes(StandardCharsets.US_ASCII);
    private static final Multiaddr ANY_PORT = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

    private final TestHosts hosts = new TestHosts();
    private final KeyPair keys = KeyPair.generate(new SecureRandom());
    private final BufferPool pool = new BufferPool();

    private interface Output {
        void write(byte[] from, int offset, int length) throws IOException;
    }

    private enum Malice {
        SILENCE,
        ONE_BYTE_OF_JUNK,
        JUNK,
        MUCH_JUNK,
        DRIP;

        /// Until the other side has had enough, or nothing more is to be said.
        void practise(byte[] sensible, Output output) {
            try {
                switch (this) {
                    case SILENCE -> {}
                    case ONE_BYTE_OF_JUNK -> junk(output, 1);
                    case JUNK -> junk(output, 200);
                    case MUCH_JUNK -> junk(output, 65_535);
                    case DRIP -> drip(sensible, output);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?s).*(reset|[Bb]roken|closed).*");
            }
        }

        private static void junk(Output output, int size) throws IOException {
            output.write(Seeds.bytes(new SplittableRandom(size), size), 0, size);
        }

        /// The begin of something sensible, far more slowly than the limit allows.
        private static void drip(byte[] sensible, Output output) throws IOException {
            for (var i = 0; i < sensible.length; i++) {
                LockSupport.parkNanos(30_000_000);
                output.write(sensible, i, 1);
            }
        }
    }

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    /// Names no muxer, so that one has to be negotiated inside.
    private Security security(SecurityKind kind, List<String> muxers) {
        var random = new SecureRandom();
        return switch (kind) {
            case NOISE -> new NoiseSecurity(keys, muxers, random, pool);
            case TLS -> new TlsSecurity(keys, muxers, random, pool, InstantSource.system());
        };
    }

    private static void greet(Security security, TcpChannel channel) throws IOException {
        var hello = Multistream.proposal(security.protocol());
        channel.write(hello, 0, hello.length);
        assertThat(new ForgedNoise(channel).receive(hello.length)).isEqualTo(hello);
    }

    /// A length, or the head of a record with a server's hello, and a part of what it announces.
    private static byte[] firstBytes(SecurityKind kind) {
        var head =
                switch (kind) {
                    case NOISE -> new byte[] {0, 96};
                    case TLS -> new byte[] {22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3};
                };
        return Arrays.copyOf(head, 40);
    }

    private SecureChannel secured(TcpHost server, Security security, TcpChannel channel)
            throws IOException {
        greet(security, channel);
        var initiation = security.initiate(server.peerId());
        channel.write(initiation.firstMessage(), 0, initiation.firstMessage().length);
        return initiation.finish(channel, new ChannelInput(channel, pool));
    }

    private static TcpChannel dial(TcpHost server) throws IOException {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        return TcpChannel.dial(
                new InetSocketAddress(address.getAddress(), address.getPort()), PATIENCE);
    }

    private interface Input {
        int read(byte[] into, int offset, int length) throws IOException;
    }

    /// Reads until the other side closes; `@Timeout` fails when it never does.
    private static boolean ends(Input input) {
        var buffer = new byte[4096];
        try {
            while (input.read(buffer, 0, buffer.length) >= 0) {
                // What it still says does not matter.
            }
        } catch (IOException _) {
            // A reset, as junk of ours lay unread.
        }
        return true;
    }

    @ParameterizedTest
    @DisplayName("Prysm attacknet#8: a dialer that owes the muxer")
    @EnumSource
    void aDialerThatOwesTheMuxerIsCutOff(SecurityKind kind) throws IOException {
        var server =
                hosts.startEcho(
                        config -> config.withTimeouts(HostTimeouts.defaults().withUpgrade(LIMIT)));
        for (var malice : Malice.values()) {
            try (var channel = dial(server)) {
                var secured = secured(server, security(kind, List.of()), channel);
                malice.practise(PROPOSAL, secured::write);
                assertThat(ends(secured::read)).as("%s", malice).isTrue();
            }
        }
        Eventually.holds("no connection stays", () -> server.connections().isEmpty());
        var connection = TestHosts.connect(hosts.start(), server);
        assertThat(TestHosts.ask(connection, ECHO, new byte[] {1})).containsExactly(1);
    }

    @ParameterizedTest
    @DisplayName("Prysm attacknet#8: a listener that owes what follows the security's name")
    @EnumSource
    void aListenerThatAcceptedTheSecurityIsGivenUp(SecurityKind kind) throws Exception {
        var security = security(kind, List.of());
        for (var malice : Malice.values()) {
            assertGivenUp(
                    kind,
                    List.of(),
                    channel -> {
                        greet(security, channel);
                        malice.practise(firstBytes(kind), channel::write);
                    });
        }
    }

    @ParameterizedTest
    @DisplayName("Prysm attacknet#8: a listener that owes the muxer")
    @EnumSource
    void aListenerThatOwesTheMuxerIsGivenUp(SecurityKind kind) throws Exception {
        var security = security(kind, List.of());
        for (var malice : Malice.values()) {
            assertGivenUp(
                    kind,
                    List.of(),
                    channel -> {
                        greet(security, channel);
                        var input = new ChannelInput(channel, pool);
                        malice.practise(PROPOSAL, security.respond(channel, input, null)::write);
                    });
        }
    }

    @ParameterizedTest
    @DisplayName("Prysm attacknet#8: a server that owes a WebSocket")
    @EnumSource
    void aServerThatOwesAWebSocketIsGivenUp(Malice malice) throws Exception {
        assertGivenUp(
                SecurityKind.NOISE,
                List.of(Protocol.WS),
                channel -> malice.practise(WEB_ANSWER, channel::write));
    }

    private interface Conversation {
        void run(TcpChannel channel) throws IOException;
    }

    /// Has a host dial somebody whose side of the conversation is given.
    private void assertGivenUp(SecurityKind kind, List<Protocol> above, Conversation conversation)
            throws Exception {
        var client =
                hosts.start(config ->
                        config.withSecurities(List.of(kind))
                                .withTimeouts(HostTimeouts.defaults().withDialAddress(LIMIT)));
        try (var listener = TcpListener.open(ANY_PORT);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var served =
                    threads.submit(() -> {
                        try (var channel = listener.accept()) {
                            conversation.run(channel);
                            return ends(channel::read);
                        }
                    });
            var address = listener.addresses().getFirst();
            for (var protocol : above) {
                address = address.with(protocol);
            }
            var dialled = List.of(address);

            assertThatThrownBy(() -> client.connect(keys.peerId(), dialled, PATIENCE))
                    .isInstanceOf(IOException.class);
            assertThat(served.get()).isTrue();
            assertThat(client.connections()).isEmpty();
        }
    }

    /// A stream that is opened and never says, or not soon enough, what it is for.
    @ParameterizedTest
    @DisplayName("Prysm attacknet#8: a stream whose protocol is owed")
    @EnumSource(names = {"SILENCE", "JUNK", "DRIP"})
    void aStreamThatNamesNoProtocolIsReset(Malice malice) throws IOException {
        var server =
                hosts.startEcho(config ->
                        config.withTimeouts(HostTimeouts.defaults().withNegotiation(LIMIT)));
        try (var channel = dial(server)) {
            var secured = secured(server, security(SecurityKind.NOISE, List.of(YAMUX)), channel);
            secured.write(frame(1, 0), 0, 12);
            malice.practise(
                    PROPOSAL,
                    (from, offset, length) -> {
                        secured.write(frame(0, length), 0, 12);
                        secured.write(from, offset, length);
                    });
            assertThat(isReset(secured)).isTrue();
        }
    }

    /// The head of a Yamux frame with data of our first stream.
    private static byte[] frame(int flags, int length) {
        return java.nio.ByteBuffer.allocate(12)
                .putShort((short) 0)
                .putShort((short) flags)
                .putInt(1)
                .putInt(length)
                .array();
    }

    /// Reads frames until one resets our stream; throws when the connection ends before.
    private static boolean isReset(SecureChannel channel) throws IOException {
        var head = new byte[12];
        while (true) {
            for (var i = 0; i < head.length; i++) {
                head[i] = (byte) channel.next();
            }
            var frame = java.nio.ByteBuffer.wrap(head);
            if (frame.getInt(4) == 1 && (frame.getShort(2) & 8) != 0) {
                return true;
            }
            for (var i = 0; head[1] == 0 && i < frame.getInt(8); i++) {
                channel.next();
            }
        }
    }
}
