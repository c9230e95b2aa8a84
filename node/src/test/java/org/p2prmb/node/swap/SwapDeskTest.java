package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;

/// Whole swaps between the desks of two agents on simulated chains.
final class SwapDeskTest {
    private final DeskRig rig = new DeskRig();
    private final DeskRig.Party seller = rig.party("seller");
    private final DeskRig.Party buyer = rig.party("buyer");

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aLotThatAWindowSoldIsSwapped() throws LedgerException {
        var gold = buyer.desk().free(SimulatedTown.GOLD);
        var corn = seller.desk().free(SimulatedTown.CORN);
        rig.agree(seller, buyer, "window");
        rig.deliver();
        rig.run(seller, buyer);
        assertThat(seller.ended).containsExactly("settled");
        assertThat(buyer.ended).containsExactly("settled");
        assertThat(buyer.desk().free(SimulatedTown.GOLD).subtract(gold))
                .isBetween(almost(DeskRig.GOLD_AMOUNT), DeskRig.GOLD_AMOUNT);
        assertThat(seller.desk().free(SimulatedTown.CORN).subtract(corn))
                .isBetween(almost(DeskRig.CORN_AMOUNT), DeskRig.CORN_AMOUNT);
    }

    /// But for fees.
    private static BigInteger almost(BigInteger amount) {
        return amount.subtract(BigInteger.valueOf(10_000));
    }
}
