package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;

/// Sellers who announce windows and then do not answer.
final class ConsideringTest {
    private final Considering considering = new Considering();

    private static PeerId seller(int number) {
        return KeyPair.ed25519(Canonical.domain("test/seller").number(number).sha256()).peerId();
    }

    @Test
    void oneSellerTakesFewPlacesAndGivesThemBack() {
        for (int window = 0; window < Considering.OF_SELLER_MAX; window++) {
            assertThat(considering.begin(seller(1))).isTrue();
        }
        assertThat(considering.begin(seller(1))).isFalse();
        assertThat(considering.begin(seller(2))).isTrue();
        considering.end(seller(1));
        assertThat(considering.begin(seller(1))).isTrue();
        assertThat(considering.begin(seller(1))).isFalse();
    }

    @Test
    void allSellersTogetherTakeABoundedNumber() {
        for (int number = 0; number < Considering.ALL_MAX; number++) {
            assertThat(considering.begin(seller(number))).isTrue();
        }
        assertThat(considering.begin(seller(Considering.ALL_MAX))).isFalse();
        considering.end(seller(0));
        assertThat(considering.begin(seller(Considering.ALL_MAX))).isTrue();
    }
}
