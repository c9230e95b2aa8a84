package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

final class ValuedPeersTest {
    private static final PeerId OWNER = KeyPair.generate(TestAgents.RANDOM).peerId();
    private static final PeerId GOOD = KeyPair.generate(TestAgents.RANDOM).peerId();
    private static final PeerId STRANGER = KeyPair.generate(TestAgents.RANDOM).peerId();

    private final ValuedPeers valued =
            new ValuedPeers(OWNER, peer -> peer.equals(GOOD) ? 0.613 : 0.4);

    @Test
    void theOwnerStaysAndAmongOthersThoseOfBetterReputation() {
        assertThat(valued.needs(OWNER)).isTrue();
        assertThat(valued.needs(GOOD)).isFalse();
        assertThat(valued.value(GOOD)).isEqualTo(61);
        assertThat(valued.value(STRANGER)).isEqualTo(40);
    }
}
