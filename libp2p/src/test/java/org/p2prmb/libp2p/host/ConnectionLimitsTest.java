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
import org.p2prmb.libp2p.transport.TcpChannel;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

@Timeout(60)
final class ConnectionLimitsTest {
    private static final ConnectionLimits DEFAULTS = ConnectionLimits.defaults();

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void whoComesAboveTheLimitIsRefusedAndOthersGoOn() throws IOException {
        var server = hosts.startEcho(config -> config.withLimits(DEFAULTS.withTotalMax(3, 2)));
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
        var server = hosts.start(config -> config.withLimits(DEFAULTS.withTotalMax(2, 1)));
        TestHosts.connect(hosts.start(), server);

        assertThat(TestHosts.connect(server, hosts.start()).isOpen()).isTrue();
        var other = hosts.start();
        assertThatThrownBy(() -> TestHosts.connect(server, other))
                .hasMessageContaining("too many connections");
    }

    @Test
    void onePeerHasABoundedNumberOfConnections() throws IOException {
        var server = hosts.startEcho(config -> config.withLimits(DEFAULTS.withPerPeerMax(2)));
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
        var limits = DEFAULTS.withPendingInboundMax(2);
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
        var counted = DEFAULTS.withPerAddressMax(1, false);
        var server = hosts.startEcho(config -> config.withLimits(counted));
        usable(hosts.start(), server);
        var second = hosts.start();

        assertThatThrownBy(() -> usable(second, server)).isInstanceOf(IOException.class);

        var exempt = DEFAULTS.withPerAddressMax(1, true);
        var other = hosts.startEcho(config -> config.withLimits(exempt));
        usable(hosts.start(), other);
        usable(hosts.start(), other);
        assertThat(other.connections()).hasSize(2);
    }

    @Test
    void oneNetworkOfIpv6CountsAsOneAddress() throws IOException {
        var gate = new ConnectionGate(DEFAULTS.withPerAddressMax(2, true));
        gate.admitInbound(InetAddress.getByName("2001:db8:0:1::1"));
        var second = gate.admitInbound(InetAddress.getByName("2001:db8:0:2::1"));
        var near = InetAddress.getByName("2001:db8:0:ff::9");

        assertThatThrownBy(() -> gate.admitInbound(near)).hasMessageContaining("one address");
        gate.admitInbound(InetAddress.getByName("2001:db8:0:100::1"));
        second.close();
        second.close();
        gate.admitInbound(near);
        assertThatThrownBy(() -> gate.admitInbound(near)).hasMessageContaining("one address");
    }

    @Test
    void placesAreGivenBackHoweverAConnectionEnds() throws IOException {
        var gate = new ConnectionGate(DEFAULTS.withTotalMax(2, 2).withPendingInboundMax(1));
        var address = InetAddress.getByName("1.1.1.1");
        for (var i = 0; i < 100; i++) {
            var admission = gate.admitInbound(address);
            if (i % 2 == 0) {
                admission.established(KeyPair.generate(new SecureRandom()).peerId());
            }
            admission.close();
        }

        gate.admitOutbound();
        gate.admitOutbound();
        assertThatThrownBy(gate::admitOutbound).hasMessageContaining("too many");
    }

    private static TcpChannel dial(Host server) throws IOException {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        return TcpChannel.dial(address, LIMIT);
    }
}
