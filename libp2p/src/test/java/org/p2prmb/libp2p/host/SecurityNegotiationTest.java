package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Seeds;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/// Hosts that speak different securities.
@Timeout(60)
final class SecurityNegotiationTest {
    private static final List<SecurityKind> NOISE = List.of(SecurityKind.NOISE);
    private static final List<SecurityKind> TLS = List.of(SecurityKind.TLS);

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aDialerFallsBackToWhatTheListenerSpeaks() throws IOException {
        for (var listener :
                List.of(NOISE, TLS, HostConfig.defaults(hosts.start().keys()).securities())) {
            var server = hosts.startEcho(config -> config.withSecurities(listener));
            var client = hosts.start();
            var connection = TestHosts.connect(client, server);

            var message = Seeds.bytes(new SplittableRandom(1), 300_000);
            assertThat(TestHosts.ask(connection, ECHO, message)).isEqualTo(message);
            assertThat(connection.remotePeer()).isEqualTo(server.peerId());
        }
    }

    @Test
    void aDialerThatPrefersTlsIsServed() throws IOException {
        var server = hosts.startEcho();
        var client = hosts.start(config -> config.withSecurities(TLS));

        var connection = TestHosts.connect(client, server);

        assertThat(TestHosts.ask(connection, ECHO, new byte[] {7})).containsExactly(7);
    }

    @Test
    void withoutASecurityInCommonTheDialSaysWhatWasRefused() throws IOException {
        var server = hosts.startEcho(config -> config.withSecurities(NOISE));
        var client = hosts.start(config -> config.withSecurities(TLS));

        assertThatThrownBy(() -> TestHosts.connect(client, server))
                .hasMessageContaining("does not speak /tls/1.0.0");
    }
}
