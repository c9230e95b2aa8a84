package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hosts that listen on all of the machine's addresses.
final class WildcardTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void aWildcardListenerNamesTheMachinesOwnAddresses() throws IOException {
        var loopbacks =
                Map.of("/ip4/0.0.0.0/tcp/", "/ip4/127.0.0.1/tcp/", "/ip6/::/tcp/", "/ip6/::1/tcp/");
        for (var wildcard : loopbacks.keySet()) {
            var addresses = List.of(Multiaddr.parse(wildcard + "0"));
            var server = hosts.startEcho(config -> config.withListen(addresses));
            var named = server.listenAddresses();
            var port = named.getFirst().tcpAddress().orElseThrow().getPort();

            assertThat(port).isPositive();
            assertThat(named).contains(Multiaddr.parse(loopbacks.get(wildcard) + port));
            assertThat(named).noneMatch(address -> address.toString().startsWith(wildcard));
            var client = hosts.start();
            var connection = client.connect(server.peerId(), named, LIMIT);
            var bytes = "x".getBytes(StandardCharsets.UTF_8);
            assertThat(TestHosts.ask(connection, ECHO, bytes)).isEqualTo(bytes);
        }
    }

    @Test
    void bothWildcardsOfOnePortAreListenedOn() throws IOException {
        var first = hosts.start(config -> config.withListen(List.of(wildcard4(0))));
        var free = first.listenAddresses().getFirst().tcpAddress().orElseThrow().getPort();
        first.close();
        for (int wanted : new int[] {free, 0}) {
            var both = List.of(wildcard4(wanted), Multiaddr.parse("/ip6/::/tcp/" + wanted));
            var named = hosts.startEcho(config -> config.withListen(both)).listenAddresses();
            var port = named.getFirst().tcpAddress().orElseThrow().getPort();
            assertThat(named)
                    .contains(
                            Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port),
                            Multiaddr.parse("/ip6/::1/tcp/" + port));
            assertThat(port == wanted || wanted == 0).isTrue();
        }
    }

    @Test
    void oneSocketTakesBothFamilies() throws IOException {
        var both = List.of(wildcard4(0), Multiaddr.parse("/ip6/::/tcp/0"));
        var server = hosts.startEcho(config -> config.withListen(both));
        for (var address : server.listenAddresses()) {
            if (address.scope().equals(Optional.of(AddressScope.LOOPBACK))) {
                var connection = hosts.start().connect(server.peerId(), List.of(address), LIMIT);
                assertThat(connection.remoteAddress()).isEqualTo(address);
            }
        }
    }

    private static Multiaddr wildcard4(int port) {
        return Multiaddr.parse("/ip4/0.0.0.0/tcp/" + port);
    }
}
