package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.transport.SystemResolver;
import org.p2prmb.node.config.AgentConfig;

import java.util.List;

/// Whose names may lead an agent into its own network.
final class TrustedNamesTest {
    private static final KeyPair KEYS = KeyPair.generate(TestAgents.RANDOM);
    private static final Multiaddr FIRST = Multiaddr.parse("/dns4/first.lan/tcp/1");
    private static final Multiaddr DIRECT = Multiaddr.parse("/dns4/direct.lan/tcp/1");
    private static final Multiaddr OTHER = Multiaddr.parse("/dns4/first.lan/tcp/6379");

    private final AgentConfig config =
            AgentConfig.defaults().withBootstrap(List.of(FIRST.withPeer(KEYS.peerId())));

    @Test
    void thoseThatTheOperatorWroteMay() {
        var direct = List.of(DIRECT.withPeer(KEYS.peerId()));
        var whole = config.withOperator(config.operator().withDirect(direct));
        assertThat(isTrusted(whole, FIRST)).isTrue();
        assertThat(isTrusted(whole, DIRECT.withPeer(KEYS.peerId()))).isTrue();
        assertThat(isTrusted(whole, OTHER)).isFalse();
        var relay = FIRST.withPeer(KEYS.peerId()).with(Protocol.P2P_CIRCUIT);
        assertThat(isTrusted(whole, relay)).as("a way through it").isTrue();
    }

    @Test
    void inAClosedNetworkAllMay() {
        var closed = config.withReach(config.reach().withAutoNatPrivate(true));
        assertThat(isTrusted(closed, OTHER)).isTrue();
    }

    private static boolean isTrusted(AgentConfig config, Multiaddr address) {
        try (var resolver = new SystemResolver()) {
            return HostSettings.of(config, KEYS, resolver).trustedNames().test(address);
        }
    }
}
