package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

@Timeout(60)
final class DialTest {
    private static final PeerId STRANGER = KeyPair.generate(new SecureRandom()).peerId();

    private final TestHosts hosts = new TestHosts();
    private final RecordingTransport transport = new RecordingTransport();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void concurrentCallersForOnePeerShareOneDial() throws Exception {
        var server = hosts.start();
        var client = hosts.start(config -> config.withTransport(transport));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Connection> dial = () -> TestHosts.connect(client, server);
            var made = new ArrayList<Connection>();
            for (var connection : threads.invokeAll(java.util.Collections.nCopies(20, dial))) {
                made.add(connection.get());
            }

            assertThat(made.stream().distinct()).hasSize(1);
        }
        assertThat(transport.dialled).hasSize(1);
        assertThat(TestHosts.connect(client, server)).isEqualTo(client.connections().getFirst());
        assertThat(transport.dialled).hasSize(1);
    }

    @Test
    void aCallerWithBetterAddressesIsNotHurtByAnothersFailedDial() throws Exception {
        var server = hosts.start();
        var client = hosts.start();
        var dead = List.of(deadAddress());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var failing = threads.submit(() -> client.connect(server.peerId(), dead, LIMIT));
            var connection = TestHosts.connect(client, server);

            assertThat(connection.isOpen()).isTrue();
            try {
                assertThat(failing.get()).isEqualTo(connection);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aPeerThatWasConnectedIsFoundAgainWithoutAnAddress() throws IOException {
        var server = hosts.start();
        var client = hosts.start();
        TestHosts.connect(client, server).close();
        Eventually.holds("it is gone", () -> client.connections().isEmpty());
        var again = client.connect(server.peerId(), List.of(), LIMIT);
        assertThat(again.isOpen()).isTrue();
        assertThatThrownBy(() -> client.connect(STRANGER, List.of(), LIMIT))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aDeadAddressDoesNotKeepUsFromALivingOne() throws IOException {
        var server = hosts.start();
        var client = hosts.start();
        var addresses = List.of(deadAddress(), server.listenAddresses().getFirst());

        assertThat(client.connect(server.peerId(), addresses, LIMIT).remoteAddress())
                .isEqualTo(server.listenAddresses().getFirst());
    }

    @Test
    void aSilentAddressDoesNotKeepUsFromALivingOne() throws IOException {
        var server = hosts.start();
        var client = hosts.start();
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var addresses = List.of(address(silent), server.listenAddresses().getFirst());

            assertThat(client.connect(server.peerId(), addresses, LIMIT).isOpen()).isTrue();
        }
        Eventually.holds("the slower dial ends", () -> client.connections().size() == 1);
    }

    @Test
    void aSilentAddressAloneIsGivenUp() throws IOException {
        var patience = HostTimeouts.defaults().withDialAddress(Duration.ofMillis(200));
        var client = hosts.start(config -> config.withTimeouts(patience));
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var addresses = List.of(address(silent));

            assertThatThrownBy(() -> client.connect(STRANGER, addresses, LIMIT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(address(silent).toString())
                    .hasMessageContaining("no agreement within");
            assertThatThrownBy(() -> client.connect(STRANGER, addresses, Duration.ofMillis(50)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void anAddressThatKeepsFailingIsNotDialledEachTime() throws IOException {
        var client = hosts.start(config -> config.withTransport(transport));
        var dead = List.of(deadAddress());
        for (var time = 0; time < 2; time++) {
            assertThatThrownBy(() -> client.connect(STRANGER, dead, LIMIT))
                    .hasMessageContaining("refused");
        }
        assertThatThrownBy(() -> client.connect(STRANGER, dead, LIMIT))
                .hasMessageContaining("failed a moment ago");
        assertThat(transport.dialled).hasSize(2);
    }

    @Test
    void peersThatAreNotThereDoNotKeepUsFromWhoIs() throws IOException {
        var server = hosts.start();
        var client = hosts.start(config -> config.withTransport(transport));
        var addresses = server.listenAddresses();
        for (var time = 0; time < 3; time++) {
            assertThatThrownBy(() -> client.connect(STRANGER, addresses, LIMIT))
                    .isInstanceOf(IOException.class);
        }
        assertThat(transport.dialled).hasSize(2); // But not a third time.
        assertThat(client.connect(server.peerId(), addresses, LIMIT).isOpen()).isTrue();
    }

    /// jvm-libp2p hands a closed connection out until its listener has run.
    @Test
    void aConnectionThatHasJustClosedIsNotHandedOut() throws Exception {
        var server = hosts.startEcho();
        var client = hosts.start();
        var told = new CountDownLatch(1);
        client.listen(
                new HostListener() {
                    @Override
                    public void disconnected(Connection connection) {
                        awaitQuietly(told);
                    }
                });
        for (var time = 0; time < 20; time++) {
            var connection = TestHosts.connect(client, server);
            assertThat(TestHosts.ask(connection, TestHosts.ECHO, new byte[] {1}))
                    .containsExactly(1);
            connection.close();
        }
        told.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theFailureNamesEveryAddressAndItsReason() throws IOException {
        var server = hosts.start();
        var client = hosts.start();
        var dead = deadAddress();
        var addresses =
                List.of(
                        dead,
                        server.listenAddresses().getFirst(),
                        Multiaddr.parse("/ip4/8.8.8.8/tcp/1"),
                        Multiaddr.parse("/ip4/127.0.0.1/udp/1/quic-v1"),
                        Multiaddr.parse("/ip4/127.0.0.1/tcp/9/p2p/" + server.peerId()),
                        client.listenAddresses().getFirst());

        assertThatThrownBy(() -> client.connect(STRANGER, addresses, LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(STRANGER.toString())
                .hasMessageContaining(dead + ": Connection refused")
                .hasMessageContaining("dialled %s and met %s".formatted(STRANGER, server.peerId()))
                .hasMessageContaining("/ip4/8.8.8.8/tcp/1: PUBLIC, which we do not dial")
                .hasMessageContaining("/ip4/127.0.0.1/udp/1/quic-v1: no transport for it")
                .hasMessageContaining("names another peer")
                .hasMessageContaining("our own address");
        assertThat(server.connections()).isEmpty();
    }

    @Test
    void widerAddressesThanOnesWeListenOnAreNeverDialled() throws IOException {
        var client = hosts.start(config -> config.withTransport(transport));
        for (var forbidden :
                List.of(
                        "/ip4/169.254.169.254/tcp/80",
                        "/ip4/10.0.0.1/tcp/80",
                        "/ip4/1.1.1.1/tcp/80",
                        "/ip4/224.0.0.1/tcp/80",
                        "/ip6/::ffff:10.0.0.1/tcp/80")) {
            var addresses = List.of(Multiaddr.parse(forbidden));
            assertThatThrownBy(() -> client.connect(STRANGER, addresses, LIMIT))
                    .hasMessageContaining("do not dial");
        }
        assertThat(transport.dialled).isEmpty();
    }

    @Test
    void nobodyDialsHimself() throws IOException {
        var host = hosts.start();

        assertThatThrownBy(() -> TestHosts.connect(host, host))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ourselves");
    }

    @Test
    void anAddressWithoutAPeerIsAMistakeOfTheCaller() throws IOException {
        var host = hosts.start();

        assertThatThrownBy(() -> host.connect(Multiaddr.parse("/ip4/127.0.0.1/tcp/1"), LIMIT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/p2p");
    }

    @Test
    void aListenerThatIsNotOneOfUsIsLeft() throws Exception {
        var patience = HostTimeouts.defaults().withDialAddress(Duration.ofMillis(200));
        var client = hosts.start(config -> config.withTimeouts(patience));
        try (var odd = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var served =
                    threads.submit(() -> {
                        try (var socket = odd.accept()) {
                            socket.getOutputStream().write("SSH-2.0-x\r\n".getBytes());
                            return socket.getInputStream().readAllBytes();
                        }
                    });

            assertThatThrownBy(() -> client.connect(STRANGER, List.of(address(odd)), LIMIT))
                    .isInstanceOf(IOException.class);
            assertThat(served.get()).isNotEmpty();
        }
    }

    @Test
    void anAddressThatATransportFailsOnInsideIsAFailureOfThisAddress() throws IOException {
        var server = hosts.start();
        var client = hosts.start(config -> config.withTransport(new Faulty()));
        var address = server.listenAddresses().getFirst();
        var faulty = Multiaddr.parse("/ip4/127.0.0.1/udp/1");

        assertThatThrownBy(() -> client.connect(STRANGER, List.of(faulty), LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(faulty + ": failed inside");
        assertThat(client.connect(server.peerId(), List.of(faulty, address), LIMIT).isOpen())
                .isTrue();
    }

    /// A transport with a fault, on addresses that no other one dials.
    private static final class Faulty implements Transport {
        @Override
        public boolean dials(Multiaddr address) {
            return address.udpAddress().isPresent();
        }

        @Override
        public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) {
            throw new IllegalStateException("a fault of our own");
        }
    }

    private static Multiaddr deadAddress() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return address(socket);
        }
    }

    private static Multiaddr address(ServerSocket socket) {
        return Multiaddr.tcp(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
}
