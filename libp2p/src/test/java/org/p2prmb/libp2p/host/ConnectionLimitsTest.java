package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.resource.AddressLimits;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.transport.TcpChannel;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
final class ConnectionLimitsTest {
    private static final ResourceLimits DEFAULTS = ResourceLimits.defaults();

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void whoComesAboveTheLimitIsRefusedAndOthersGoOn() throws IOException {
        var server = hosts.startEcho(config -> config.withLimits(DEFAULTS.withConnections(3, 2)));
        var first = TestHosts.connect(hosts.start(), server);
        var second = TestHosts.connect(hosts.start(), server);

        var third = hosts.start();
        assertThatThrownBy(() -> usable(third, server)).isInstanceOf(IOException.class);
        assertThat(TestHosts.ask(first, ECHO, new byte[] {1})).containsExactly(1);

        second.close();
        Eventually.holds("a place is free", () -> server.connections().size() == 1);
        assertThat(TestHosts.ask(TestHosts.connect(hosts.start(), server), ECHO, new byte[] {1}))
                .containsExactly(1);
    }

    @Test
    void ourOwnDialsHaveARestOfTheTotal() throws IOException {
        var server = hosts.start(config -> config.withLimits(DEFAULTS.withConnections(2, 1)));
        TestHosts.connect(hosts.start(), server);

        assertThat(TestHosts.connect(server, hosts.start()).isOpen()).isTrue();
        var other = hosts.start();
        assertThatThrownBy(() -> TestHosts.connect(server, other))
                .hasMessageContaining("too many connections");
    }

    @Test
    void onePeerHasABoundedNumberOfConnections() throws IOException {
        var server =
                hosts.startEcho(config ->
                        config.withLimits(
                                DEFAULTS.withPeer(DEFAULTS.peer().withConnections(2, 2, 2))));
        var keys = KeyPair.generate(new SecureRandom());
        var used = new ArrayList<Connection>();
        for (var i = 0; i < 2; i++) {
            used.add(usable(sameIdentity(keys), server));
        }

        var third = sameIdentity(keys);
        assertThatThrownBy(() -> usable(third, server)).isInstanceOf(IOException.class);
        assertThat(used).allMatch(Connection::isOpen);
        assertThat(server.connections(keys.peerId())).hasSize(2);
    }

    private Host sameIdentity(KeyPair keys) throws IOException {
        return hosts.start(config -> HostConfig.defaults(keys));
    }

    /// A connection on which an answer came: a refusal shows only after the handshake.
    private static Connection usable(Host from, Host to) throws IOException {
        var connection = TestHosts.connect(from, to);
        TestHosts.ask(connection, ECHO, new byte[] {1});
        return connection;
    }

    @Test
    void whoHasNotProvenHimselfTakesOneOfFewPlaces() throws IOException {
        var limits = TestHosts.pending(2);
        var patience = HostTimeouts.defaults().withUpgrade(Duration.ofHours(1));
        var server = hosts.startEcho(config -> config.withLimits(limits).withTimeouts(patience));
        var silent = List.of(dial(server), dial(server));
        try (var third = dial(server)) {
            assertThat(third.read(new byte[1], 0, 1)).isEqualTo(-1);
        }

        silent.forEach(TcpChannel::close);
        var client = hosts.start();
        Eventually.holds("a place is free", () -> reaches(client, server));
    }

    private static boolean reaches(Host client, Host server) {
        try {
            return usable(client, server).isOpen();
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void oneAddressHasFewPlacesUnlessItIsThisMachine() throws IOException {
        var counted = DEFAULTS.withAddresses(AddressLimits.of(1, false));
        var server = hosts.startEcho(config -> config.withLimits(counted));
        usable(hosts.start(), server);
        var second = hosts.start();

        assertThatThrownBy(() -> usable(second, server)).isInstanceOf(IOException.class);

        var exempt = DEFAULTS.withAddresses(AddressLimits.of(1, true));
        var other = hosts.startEcho(config -> config.withLimits(exempt));
        usable(hosts.start(), other);
        usable(hosts.start(), other);
        assertThat(other.connections()).hasSize(2);
    }

    @Test
    void streamsAboveALimitAreResetAndCountedUntilTheirHandlersEnd() throws Exception {
        var limits = DEFAULTS.withPeer(DEFAULTS.peer().withStreams(2, 2, 2));
        var server = hosts.start(config -> config.withLimits(limits).withIdentify(false));
        var release = new CountDownLatch(1);
        server.handle(
                "/held",
                stream -> {
                    release.await();
                    stream.read(new byte[1], 0, 1);
                });
        var client = hosts.start(config -> config.withIdentify(false));
        var connection = TestHosts.connect(client, server);
        for (var i = 1; i <= 2; i++) {
            var stream = connection.open(List.of("/held"), LIMIT);
            stream.write(new byte[1], 0, 1);
            var served = i;
            Eventually.holds("it is served", () -> server.resources().streamsIn() == served);
            stream.reset();
        }
        assertThatThrownBy(() -> TestHosts.ask(connection, "/held", new byte[] {1}))
                .isInstanceOf(IOException.class);
        assertThat(server.resources().refused()).containsEntry("streams-peer", 1L);

        release.countDown();
        Eventually.holds("all are over", () -> server.resources().streamsIn() == 0);
        connection.close();
        Eventually.holds("nothing is held", () -> server.resources().isZero());
        Eventually.holds("nor by the dialer", () -> client.resources().isZero());
    }

    private static TcpChannel dial(Host server) throws IOException {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        return TcpChannel.dial(address, LIMIT);
    }
}
