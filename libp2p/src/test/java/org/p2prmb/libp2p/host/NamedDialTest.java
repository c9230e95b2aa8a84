package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.Resolver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Dials of addresses with names.
@Timeout(60)
final class NamedDialTest {
    private static final PeerId STRANGER = KeyPair.generate(new SecureRandom()).peerId();

    private final TestHosts hosts = new TestHosts();
    private final RecordingTransport transport = new RecordingTransport();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aNameThatIsNeverAnsweredDoesNotOutlastTheLimit() throws IOException {
        var client = hosts.start(config -> config.withResolver(new NeverAnswers()));
        var named = Multiaddr.parse("/dns4/slow.example/tcp/1");
        var limit = Duration.ofMillis(100);

        assertThatThrownBy(() -> client.connect(STRANGER, List.of(named), limit))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("/dns4/slow.example");
    }

    @Test
    void aNameThatIsNeverAnsweredDoesNotKeepUsFromALivingAddress() throws IOException {
        var patience = HostTimeouts.defaults().withDialAddress(Duration.ofSeconds(1));
        var server = hosts.start();
        var client =
                hosts.start(
                        config -> config.withResolver(new NeverAnswers()).withTimeouts(patience));
        var addresses =
                List.of(
                        Multiaddr.parse("/dns4/slow.example/tcp/1"),
                        server.listenAddresses().getFirst());

        assertThat(client.connect(server.peerId(), addresses, LIMIT).isOpen()).isTrue();
    }

    /// Else whoever claims such a name keeps everybody waiting who wants to talk to it.
    @Test
    void aNameThatIsNeverAnsweredRestsAsAnAddressDoes() throws IOException {
        var client = hosts.start(config -> config.withResolver(new NeverAnswers()));
        var named = List.of(Multiaddr.parse("/dns4/slow.example/tcp/1"));

        Eventually.holds("it rests", () -> failure(client, named).contains("failed a moment ago"));
    }

    private static String failure(TcpHost client, List<Multiaddr> addresses) {
        return catchThrowable(() -> client.connect(STRANGER, addresses, Duration.ofMillis(50)))
                .getMessage();
    }

    @Test
    void aNameThatLeadsToAForbiddenAddressIsNotDialledEither() throws IOException {
        var client =
                hosts.start(config ->
                        config.withListen(List.of())
                                .withTransport(transport)
                                .withTrustedNames(_ -> true)
                                .withResolver(new OneAddress("169.254.169.254")));
        var addresses = List.of(Multiaddr.parse("/dns4/metadata.example/tcp/80"));

        assertThatThrownBy(() -> client.connect(STRANGER, addresses, LIMIT))
                .hasMessageContaining("/ip4/169.254.169.254/tcp/80: FORBIDDEN");
        assertThat(transport.dialled).isEmpty();
    }

    /// Of a host that listens everywhere, as agents do: a stranger's name is not the way to what
    /// else listens on its machine.
    @Test
    void aNameThatLeadsToThisMachineIsNotDialledUnlessItIsTrusted() throws IOException {
        var server = hosts.start();
        var port = server.listenAddresses().getFirst().tcpAddress().orElseThrow().getPort();
        var trusted = Multiaddr.parse("/dns4/server.example/tcp/" + port);
        var everywhere = List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"));
        var client =
                hosts.start(config ->
                        config.withListen(everywhere)
                                .withTransport(transport)
                                .withResolver(new OneAddress("127.0.0.1"))
                                .withTrustedNames(trusted::equals));
        for (var told : List.of("/dns4/other.example/tcp/%d", "/dns4/127.0.0.1/tcp/%d")) {
            var addresses = List.of(Multiaddr.parse(told.formatted(port)));
            assertThatThrownBy(() -> client.connect(server.peerId(), addresses, LIMIT))
                    .isInstanceOf(IOException.class);
        }
        assertThat(transport.dialled).isEmpty();
        assertThat(client.connect(server.peerId(), List.of(trusted), LIMIT).isOpen()).isTrue();
    }

    @Test
    void namesAreResolved() throws IOException {
        var server = hosts.start();
        var client = hosts.start(config -> config.withResolver(new OneAddress("127.0.0.1")));
        var port = server.listenAddresses().getFirst().tcpAddress().orElseThrow().getPort();
        var named = Multiaddr.parse("/dns4/server.example/tcp/" + port);

        assertThat(client.connect(named.withPeer(server.peerId()), LIMIT).remotePeer())
                .isEqualTo(server.peerId());
    }

    /// A server of names that is gone.
    private static final class NeverAnswers implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("nobody counts this down");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        @Override
        public List<String> texts(String name) {
            return List.of();
        }
    }

    /// Resolves every name to one address.
    private record OneAddress(String ip) implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            return List.of(InetAddress.getByName(ip));
        }

        @Override
        public List<String> texts(String name) {
            return List.of();
        }
    }
}
