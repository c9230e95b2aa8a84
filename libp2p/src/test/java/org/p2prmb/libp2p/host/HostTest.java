package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.TcpChannel;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

@Timeout(60)
final class HostTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ip4/127.0.0.1/tcp/0", "/ip6/::1/tcp/0"})
    void twoHostsExchangeBytes(String listen) throws IOException {
        var addresses = List.of(Multiaddr.parse(listen));
        var server = hosts.startEcho(config -> config.withListen(addresses));
        var client = hosts.start(config -> config.withListen(addresses));

        var connection = TestHosts.connect(client, server);

        assertThat(TestHosts.ask(connection, ECHO, utf8("hello"))).isEqualTo(utf8("hello"));
        assertThat(connection.remotePeer()).isEqualTo(server.peerId());
        assertThat(connection.remotePublicKey()).isEqualTo(server.keys().publicKey());
        assertThat(connection.remoteAddress()).isEqualTo(server.listenAddresses().getFirst());
        assertThat(connection.outbound()).isTrue();
        var accepted = server.connections(client.peerId()).getFirst();
        assertThat(accepted.outbound()).isFalse();
        assertThat(accepted.remoteAddress()).isEqualTo(connection.localAddress());
        assertThat(accepted.remotePeer()).isEqualTo(client.peerId());
    }

    @Test
    void aBigTransferArrivesUnchangedBothWays() throws Exception {
        var size = 48 << 20;
        var server = hosts.start(config -> config.withIdentify(false));
        server.handle(
                "/test/hash",
                stream -> {
                    var received = hashOfAll(stream);
                    stream.write(received, 0, received.length);
                    send(stream, size);
                });
        var connection = TestHosts.connect(hosts.start(), server);

        try (var stream = connection.open(List.of("/test/hash"), LIMIT)) {
            var sent = send(stream, size);
            stream.closeWrite();
            var reported = new byte[32];
            for (var filled = 0; filled < 32; ) {
                filled += stream.read(reported, filled, 32 - filled);
            }

            assertThat(reported).isEqualTo(sent);
            assertThat(hashOfAll(stream)).isEqualTo(sent);
        }
        assertThat(connection.traffic()).isEqualTo(new Connection.Traffic(size + 32L, size));
    }

    /// Sends `size` bytes in chunks of changing length and returns their hash.
    private static byte[] send(Stream stream, int size) throws IOException {
        var random = new SplittableRandom(1);
        var digest = sha256();
        for (var left = size; left > 0; ) {
            var chunk = new byte[Math.min(left, random.nextInt(1, 200_000))];
            random.nextBytes(chunk);
            digest.update(chunk);
            stream.write(chunk, 0, chunk.length);
            left -= chunk.length;
        }
        return digest.digest();
    }

    private static byte[] hashOfAll(Stream stream) throws IOException {
        var digest = sha256();
        var buffer = new byte[100_000];
        for (int count; (count = stream.read(buffer, 0, buffer.length)) >= 0; ) {
            digest.update(buffer, 0, count);
        }
        return digest.digest();
    }

    @Test
    void theFirstProtocolThatTheRemoteSpeaksIsTaken() throws IOException {
        var server = hosts.startEcho();
        var connection = TestHosts.connect(hosts.start(), server);

        try (var stream = connection.open(List.of("/test/new", "/test/newer", ECHO), LIMIT)) {
            assertThat(stream.protocol()).isEqualTo(ECHO);
            stream.write(utf8("x"), 0, 1);
            stream.closeWrite();
            assertThat(TestHosts.readAll(stream)).isEqualTo(utf8("x"));
        }
        assertThatThrownBy(() -> connection.open(List.of("/test/new", "/test/newer"), LIMIT))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void anUnknownProtocolShowsAtTheFirstRead() throws IOException {
        var connection = TestHosts.connect(hosts.start(), hosts.start());

        assertThatThrownBy(() -> TestHosts.ask(connection, "/test/unknown", utf8("data")))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("/test/unknown");
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void bytesWrittenBeforeCloseArriveThoughNothingWasRead() throws Exception {
        var received = new LinkedBlockingQueue<byte[]>();
        var server = hosts.start();
        server.handle(ECHO, stream -> received.add(TestHosts.readAll(stream)));
        var connection = TestHosts.connect(hosts.start(), server);

        for (var text : List.of("first", "second", "")) {
            try (var stream = connection.open(List.of(ECHO), LIMIT)) {
                stream.write(utf8(text), 0, text.length());
            }
            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(utf8(text));
        }
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws IOException {
        var server = hosts.start();
        server.handle("/test/time", stream -> stream.write(utf8("now"), 0, 3));
        var connection = TestHosts.connect(hosts.start(), server);

        try (var stream = connection.open(List.of("/test/time"), LIMIT)) {
            stream.deadline(LIMIT);
            assertThat(TestHosts.readAll(stream)).isEqualTo(utf8("now"));
        }
    }

    @Test
    void aFailingHandlerCostsOnlyItsStream() throws IOException {
        var server = hosts.startEcho();
        server.handle(
                "/test/bug",
                stream -> {
                    throw new IllegalStateException("a bug");
                });
        server.handle(
                "/test/peer",
                stream -> {
                    throw new ProtocolException("a peer's fault");
                });
        var connection = TestHosts.connect(hosts.start(), server);

        for (var protocol : List.of("/test/bug", "/test/peer")) {
            assertThatThrownBy(() -> TestHosts.ask(connection, protocol, utf8("x")))
                    .isInstanceOf(IOException.class);
        }
        assertThat(TestHosts.ask(connection, ECHO, utf8("alive"))).isEqualTo(utf8("alive"));
    }

    @Test
    void aDeadlineEndsTheStreamAndNothingElse() throws IOException {
        var server = hosts.startEcho();
        var connection = TestHosts.connect(hosts.start(), server);

        var stream = connection.open(List.of(ECHO), LIMIT);
        stream.deadline(Duration.ofMillis(50));
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(TestHosts.ask(connection, ECHO, utf8("alive"))).isEqualTo(utf8("alive"));
    }

    @Test
    void aResetIsSeenByTheOtherSide() throws Exception {
        var seen = new LinkedBlockingQueue<String>();
        var server = hosts.start();
        server.handle(
                "/test/reset",
                stream -> {
                    seen.add("byte " + stream.read(new byte[1], 0, 1));
                    try {
                        TestHosts.readAll(stream);
                    } catch (IOException e) {
                        seen.add("reset");
                        throw e;
                    }
                });
        var connection = TestHosts.connect(hosts.start(), server);

        var stream = connection.open(List.of("/test/reset"), LIMIT);
        stream.write(utf8("x"), 0, 1);
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("byte 1");
        stream.reset();

        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("reset");
    }

    @Test
    void listenersHearOfConnectionsInOrder() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        var server = hosts.start(config -> config.withIdentify(false));
        server.listen(
                new HostListener() {
                    @Override
                    public void connected(Connection connection) {
                        heard.add("connected");
                    }

                    @Override
                    public void disconnected(Connection connection) {
                        heard.add("disconnected " + connection.isOpen());
                    }
                });
        TestHosts.connect(hosts.start(), server).close();

        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("connected");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("disconnected false");
        assertThat(server.connections()).isEmpty();
    }

    @Test
    void aClosedConnectionOpensNoStreams() throws IOException {
        var server = hosts.startEcho();
        var client = hosts.start();
        var connection = TestHosts.connect(client, server);
        server.close();
        Eventually.holds("the client notices", () -> client.connections().isEmpty());

        assertThatThrownBy(() -> connection.open(List.of(ECHO), LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("connection is closed");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void anAbortedHostIsNoticed() throws IOException {
        var server = hosts.start();
        var client = hosts.start();
        TestHosts.connect(client, server);
        server.abort();

        Eventually.holds("the client notices", () -> client.connections().isEmpty());
    }

    @Test
    void closingTwiceIsHarmlessAndNothingIsDialledAfterwards() throws IOException {
        var server = hosts.start();
        var client = hosts.start();
        client.close();
        client.close();

        assertThatThrownBy(() -> TestHosts.connect(client, server))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closingDoesNotWaitForCallersThatSayNothing() throws IOException {
        var server = hosts.start();
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        try (var silent = TcpChannel.dial(address, LIMIT)) {
            var start = System.nanoTime();
            server.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(4));
            assertThat(ended(silent)).isTrue();
        }
    }

    /// A reset is an end too: that of a connection which was never taken in.
    private static boolean ended(TcpChannel channel) {
        try {
            return channel.read(new byte[1], 0, 1) < 0;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void aPortInUseIsNamedAndNothingElseStaysOpen() throws IOException {
        var first = hosts.start();
        var taken = first.listenAddresses().getFirst();
        var free = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

        assertThatThrownBy(() -> hosts.start(config -> config.withListen(List.of(free, taken))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(taken.toString());
    }

    @Test
    void twoHostsThatDialEachOtherKeepWorkingConnections() throws Exception {
        var one = hosts.startEcho();
        var other = hosts.startEcho();
        var connections = new LinkedBlockingQueue<Connection>();
        var first = Thread.startVirtualThread(() -> connect(one, other, connections));
        var second = Thread.startVirtualThread(() -> connect(other, one, connections));
        first.join();
        second.join();

        assertThat(connections).hasSize(2);
        for (var connection : connections) {
            assertThat(TestHosts.ask(connection, ECHO, utf8("x"))).isEqualTo(utf8("x"));
        }
    }

    private static void connect(TcpHost from, TcpHost to, LinkedBlockingQueue<Connection> made) {
        try {
            made.add(TestHosts.connect(from, to));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
