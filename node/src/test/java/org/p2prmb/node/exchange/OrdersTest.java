package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Policy.Weights;
import org.p2prmb.protocols.statements.Canonical;

import java.time.Instant;
import java.util.List;

/// What the owner may order.
final class OrdersTest {
    private static final KeyPair OWN =
            KeyPair.ed25519(Canonical.domain("test/keys").text("seller").sha256());

    private static Offer offer(String preferred) throws CommandException {
        var order = JsonNodeFactory.instance.objectNode();
        order.put("give", "0.03 BTC").put("want", "TFT");
        order.put("price", "1 BTC = 4000000 TFT").put("usd", "1 BTC = 100000");
        order.putObject("prefer").put(preferred, "3");
        var orders = new Orders(List.of(Trader.BTC, Trader.TFT));
        return orders.offer(new Arguments(order), OWN.peerId(), Instant.EPOCH);
    }

    @Test
    void bidsAreRankedAsTheOwnerPrefers() throws CommandException {
        assertThat(offer("size").policy().weights()).isEqualTo(new Weights(0, 3, 0, 0));
    }

    /// There are none, so a seller that preferred them would choose by nothing.
    @Test
    void bondsCannotBePreferred() {
        assertThatThrownBy(() -> offer("bond"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bonds cannot be preferred");
        assertThatThrownBy(() -> offer("luck"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("price, size and reputation");
    }
}
