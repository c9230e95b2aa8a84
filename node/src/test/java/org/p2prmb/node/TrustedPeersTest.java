package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;

import java.security.SecureRandom;
import java.util.List;

/// Whose introductions an agent takes before it knows anybody.
final class TrustedPeersTest {
    @Test
    void gossipTrustsThePeersThatTheConfigurationNamesAndNoDomain() {
        var peer = KeyPair.generate(new SecureRandom()).peerId();
        var bootstrap =
                List.of(
                        Multiaddr.parse("/ip4/192.0.2.1/tcp/4001/p2p/" + peer),
                        Multiaddr.parse("/dns/bootstrap.example/tcp/4001/p2p/" + peer),
                        Multiaddr.parse("/dnsaddr/bootstrap.example"));
        var config = AgentConfig.defaults().withBootstrap(bootstrap);
        assertThat(HostSettings.gossip(config).trusted()).containsExactly(peer);
    }
}
