package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SellerSwap;

import java.math.BigInteger;

/// No contract brings more of a coin than the agent is to hold, with what open swaps may bring.
final class HoldMaxTest {
    private final DeskRig rig = new DeskRig();
    private final DeskRig.Party seller = rig.party("seller");
    private final DeskRig.Party buyer = rig.party("buyer");

    @AfterEach
    void close() {
        rig.close();
    }

    /// What it holds now, and so much more.
    private static void mayGain(DeskRig.Party party, Asset asset, BigInteger more)
            throws LedgerException {
        var held = party.wallet.ledger(asset.chain()).balance(asset);
        party.wallet.holdMax.put(asset, new Amount(asset, held.add(more)));
    }

    @Test
    void aSellerMakesNoContractThatBringsMoreThanItIsToHold() throws LedgerException {
        mayGain(seller, SimulatedTown.CORN, DeskRig.CORN_AMOUNT.subtract(BigInteger.ONE));
        assertThatThrownBy(() -> rig.agree(seller, buyer, "window"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hold-max");
        assertThat(seller.desk().swaps()).isEmpty();
        mayGain(seller, SimulatedTown.CORN, DeskRig.CORN_AMOUNT);
        rig.agree(seller, buyer, "window");
        rig.run(seller, buyer);
        assertThat(seller.ended).containsExactly("settled");
    }

    @Test
    void aBuyerSignsNoContractThatBringsMoreThanItIsToHold() throws LedgerException {
        mayGain(buyer, SimulatedTown.GOLD, DeskRig.GOLD_AMOUNT.subtract(BigInteger.ONE));
        rig.agree(seller, buyer, "window");
        rig.deliver();
        assertThat(buyer.desk().swaps()).isEmpty();
        assertThat(buyer.desk().refused().getFirst().why()).contains("hold-max");
    }

    /// Nobody has to bid once more: the seller tells the contract as long as it is valid.
    @Test
    void whatThereWasNoRoomForIsSignedOnceThereIs() throws LedgerException {
        mayGain(buyer, SimulatedTown.GOLD, DeskRig.GOLD_AMOUNT.subtract(BigInteger.ONE));
        rig.agree(seller, buyer, "window");
        rig.deliver();
        assertThat(buyer.desk().refused()).hasSize(1);
        mayGain(buyer, SimulatedTown.GOLD, DeskRig.GOLD_AMOUNT);
        seller.look();
        rig.deliver();
        assertThat(buyer.desk().swaps()).isEmpty(); // It was looked at a moment ago.
        rig.town.skip(DeskRig.CONFIG.lookEvery());
        rig.run(seller, buyer);
        assertThat(buyer.ended).containsExactly("settled");
        assertThat(buyer.desk().refused()).isEmpty();
    }

    /// And its lots go back to the offer.
    @Test
    void whatThereIsNoRoomForInTimeEndsWithItsReason() throws LedgerException {
        mayGain(buyer, SimulatedTown.GOLD, BigInteger.ZERO);
        rig.agree(seller, buyer, "window");
        var window = DeskRig.sold("window", 0).window();
        rig.step();
        assertThat(buyer.desk().refused()).hasSize(1);
        assertThat(buyer.desk().refusal(window, seller.peer())).isEmpty();
        while (!seller.swap().isOver()) {
            rig.step();
        }
        assertThat(buyer.desk().refusal(window, seller.peer()).orElseThrow()).contains("hold-max");
        assertThat(buyer.desk().refusal(window, buyer.peer())).isEmpty();
        assertThat(seller.ended).containsExactly("aborted");
        assertThat(buyer.desk().swaps()).isEmpty();
        assertThat(buyer.desk().refused())
                .singleElement()
                .satisfies(contract -> assertThat(contract.why()).contains("hold-max"));
    }

    /// The first brings what there is room for, until it is over.
    @Test
    void whatOpenSwapsStillBringCounts() throws LedgerException {
        mayGain(seller, SimulatedTown.CORN, DeskRig.CORN_AMOUNT);
        mayGain(buyer, SimulatedTown.GOLD, DeskRig.GOLD_AMOUNT);
        assertThat(seller.desk().room(SimulatedTown.CORN)).contains(DeskRig.CORN_AMOUNT);
        rig.agree(seller, buyer, "window");
        rig.deliver();
        assertThat(seller.desk().room(SimulatedTown.CORN)).contains(BigInteger.ZERO);
        assertThat(buyer.desk().room(SimulatedTown.GOLD)).contains(BigInteger.ZERO);
        assertThat(seller.desk().room(SimulatedTown.GOLD)).isEmpty();
        assertThatThrownBy(() -> rig.agree(seller, buyer, "another window"))
                .hasMessageContaining("hold-max");
    }

    /// A lock of ours may be taken back.
    @Test
    void whatIsLockedCounts() throws LedgerException {
        mayGain(seller, SimulatedTown.GOLD, BigInteger.ONE);
        rig.agree(seller, buyer, "window");
        while (!(seller.swap() instanceof SellerSwap.Locked)) {
            rig.step();
        }
        assertThat(seller.desk().room(SimulatedTown.GOLD).orElseThrow())
                .isBetween(BigInteger.ONE, BigInteger.valueOf(10_000)); // But for the fee.
    }
}
