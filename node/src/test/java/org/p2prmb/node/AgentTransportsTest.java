package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.p2prmb.node.TestAgents.PATIENCE;
import static org.p2prmb.node.TestAgents.knows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.host.SecurityKind;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.websocket.WebCertificate;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.TransportConfig;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Agents that can be reached over one transport only, and speak one security only.
final class AgentTransportsTest {
    private static final String TCP = "/ip4/127.0.0.1/tcp/0";

    @TempDir private Path directory;
    private TestAgents agents;

    @BeforeEach
    void begin() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    private static TransportConfig only(SecurityKind security) {
        return TransportConfig.defaults().withSecurities(List.of(security));
    }

    /// Three agents, two of which learn of each other from the third: where to dial stands in their
    /// contact records.
    private void assertTheyTalk(String listen, TransportConfig transport) throws Exception {
        var first = agents.start(config(listen, transport));
        var alice = agents.start(config(listen, transport, first));
        var bob = agents.start(config(listen, transport, first));
        Eventually.holds(
                "alice and bob meet",
                () -> knows(alice, bob.peerId()) && knows(bob, alice.peerId()));

        var outcome =
                alice.send(bob.peerId(), "echo", RmbMessage.JSON, Bytes.utf8("hello"), PATIENCE, "")
                        .outcome();

        assertThat(outcome).isEqualTo(new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("hello")));
        assertThat(bob.addresses())
                .allMatch(address -> address.toString().endsWith(suffix(listen)));
    }

    private static String suffix(String listen) {
        return listen.substring(TCP.length());
    }

    private static AgentConfig config(
            String listen, TransportConfig transport, Agent... bootstrap) {
        return TestAgents.config(bootstrap)
                .withListen(List.of(Multiaddr.parse(listen)))
                .withTransport(transport);
    }

    @Test
    void agentsTalkOverWebSockets() throws Exception {
        assertTheyTalk(TCP + "/ws", only(SecurityKind.NOISE));
    }

    @Test
    void agentsTalkOverTls() throws Exception {
        assertTheyTalk(TCP, only(SecurityKind.TLS));
    }

    @Test
    void agentsTalkOverWebSocketsWithACertificate() throws Exception {
        var certificate = WebCertificate.create(directory);
        assertTheyTalk(
                TCP + "/tls/ws",
                only(SecurityKind.TLS)
                        .withCertificate(Optional.of(certificate.chain()))
                        .withKey(Optional.of(certificate.key()))
                        .withTrusted(Optional.of(certificate.chain())));
    }

    @Test
    void aCertificateWithoutItsKeyIsRefused() {
        var half =
                TransportConfig.defaults()
                        .withCertificate(Optional.of(directory.resolve("chain.pem")));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> agents.start(config(TCP, half)))
                .withMessageContaining("websocket.key");
    }
}
