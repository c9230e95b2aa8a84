package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.transport.SystemResolver;
import org.p2prmb.node.config.AgentConfig;

import java.net.InetAddress;
import java.security.SecureRandom;

/// `limits.exemptLoopback` holds wherever addresses are counted.
final class ExemptLoopbackTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hostRelayAndGossipCountThisMachineAsConfigured(boolean exempt) {
        var config = AgentConfig.defaults().withExemptLoopback(exempt);
        var keys = KeyPair.generate(new SecureRandom());
        try (var resolver = new SystemResolver()) {
            var limits = HostSettings.of(config, keys, resolver).limits();
            assertThat(limits.addresses().exemptLoopback()).isEqualTo(exempt);
        }
        assertThat(Reach.relayConfig(config).exemptLoopback()).isEqualTo(exempt);
        var groups = HostSettings.gossip(config).score().colocationGroups();
        for (var address : new String[] {"127.0.0.1", "127.3.2.1", "::1"}) {
            assertThat(groups.of(InetAddress.ofLiteral(address)).equals(Bytes.EMPTY))
                    .isEqualTo(exempt);
        }
        assertThat(groups.of(InetAddress.ofLiteral("192.0.2.1"))).isNotEqualTo(Bytes.EMPTY);
    }
}
