package org.p2prmb.libp2p.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;
import java.util.Optional;

final class WebSocketAddressTest {
    private static final Multiaddr OTHER = Multiaddr.parse("/ip4/10.0.0.1/tcp/7");

    private static Optional<WebSocketAddress> of(String text) {
        return WebSocketAddress.of(Multiaddr.parse(text));
    }

    @Test
    void theFormsOfTheSpecification() {
        var plain = of("/ip4/1.2.3.4/tcp/80/ws").orElseThrow();
        assertThat(plain.secure()).isFalse();
        assertThat(plain.tcp()).isEqualTo(Multiaddr.parse("/ip4/1.2.3.4/tcp/80"));
        assertThat(plain.authority()).isEqualTo("1.2.3.4");
        assertThat(plain.around(OTHER)).hasToString("/ip4/10.0.0.1/tcp/7/ws");

        for (var text : List.of("/ip6/::1/tcp/443/wss", "/ip6/::1/tcp/443/tls/ws")) {
            var secure = of(text).orElseThrow();
            assertThat(secure.secure()).isTrue();
            assertThat(secure.authority()).isEqualTo("[0:0:0:0:0:0:0:1]");
            assertThat(secure.around(OTHER)).hasToString("/ip4/10.0.0.1/tcp/7/tls/ws");
        }

        var named = of("/ip4/1.2.3.4/tcp/8443/tls/sni/example.com/ws").orElseThrow();
        assertThat(named.name()).contains("example.com");
        assertThat(named.authority()).isEqualTo("example.com:8443");
        assertThat(named.around(OTHER)).hasToString("/ip4/10.0.0.1/tcp/7/tls/sni/example.com/ws");
    }

    @Test
    void otherFormsAreSomebodyElses() {
        for (var text :
                List.of(
                        "/ip4/1.2.3.4/tcp/80",
                        "/ip4/1.2.3.4/udp/80/ws",
                        "/dns4/example.com/tcp/80/ws", // Still to be looked up.
                        "/ip4/1.2.3.4/tcp/80/tls",
                        "/ip4/1.2.3.4/tcp/80/ws/p2p-circuit",
                        "/ip6zone/eth0/ip6/fe80::1/tcp/80/ws")) {
            assertThat(of(text)).as(text).isEmpty();
        }
    }
}
