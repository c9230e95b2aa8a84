package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Stage;

import java.math.BigInteger;
import java.time.Duration;

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

    /// R9: else the other side would take its coins, and it could not do the same.
    @Test
    void whoHasNoGasForTheEndNeitherSellsNorSigns() throws LedgerException {
        seller.wallet.withoutGas = true;
        assertThatThrownBy(() -> rig.agree(seller, buyer, "window"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no gas for the redeem");
        seller.wallet.withoutGas = false;
        buyer.wallet.withoutGas = true;
        rig.agree(seller, buyer, "window");
        rig.step();
        assertThat(buyer.desk().swaps()).isEmpty();
        assertThat(buyer.desk().refused())
                .singleElement()
                .extracting(Refused.Contract::why)
                .isEqualTo("no gas for the redeem");
        assertThat(buyer.wallet.sent).isEmpty();
    }

    /// Gas that is gone between both signatures: the seller locks nothing before it is back.
    @Test
    void aSellerLocksOnlyWhatItCanPayTheEndOf() throws LedgerException {
        rig.agree(seller, buyer, "window");
        seller.wallet.withoutGas = true;
        rig.step();
        assertThat(buyer.swap()).isInstanceOf(BuyerSwap.Countersigned.class);
        assertThat(seller.swap()).isInstanceOf(SellerSwap.Selected.class);
        assertThat(seller.wallet.sent).isEmpty();
        seller.wallet.withoutGas = false;
        rig.run(seller, buyer);
        assertThat(seller.ended).containsExactly("settled");
    }

    /// Nobody can keep the name of its lock from the seller where that follows from the terms.
    @Test
    void aSellerFindsTheBuyersLockWithoutBeingTold() throws LedgerException {
        rig.town.named = true;
        rig.agree(seller, buyer, "window");
        rig.deliver();
        buyer.muted = true;
        rig.run(seller, buyer);
        assertThat(seller.ended).containsExactly("settled");
        assertThat(buyer.ended).containsExactly("settled");
    }

    @Test
    void theTimelineSaysWhenEachStateBeganAlsoAfterARestart() throws LedgerException {
        var begun = rig.town.now();
        var id = rig.agree(seller, buyer, "window");
        rig.run(seller, buyer);
        seller.restart();
        var moments = seller.desk().report(id).timeline().moments();
        assertThat(moments)
                .extracting(moment -> moment.stage())
                .containsExactly(
                        Stage.SELECTED,
                        Stage.LOCK_READY,
                        Stage.LOCKED,
                        Stage.REVEALING,
                        Stage.SETTLED);
        assertThat(moments.getFirst().at()).isEqualTo(begun);
        assertThat(moments).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
    }

    @Test
    void bothBeginAgainAfterEachBlockAndTheSwapSettlesAllTheSame() throws LedgerException {
        rig.agree(seller, buyer, "window");
        for (int step = 0; step < 100 && !isOver(); step++) {
            rig.step();
            seller.restart();
            seller.join();
            buyer.restart();
            buyer.join();
        }
        assertThat(seller.stage()).isEqualTo("settled");
        assertThat(buyer.stage()).isEqualTo("settled");
    }

    private boolean isOver() throws LedgerException {
        return seller.swap().isOver() && buyer.swap().isOver();
    }

    @Test
    void aBuyerThatVanishesCostsTheSellerTimeAndNothingElse() throws LedgerException {
        var gold = seller.desk().free(SimulatedTown.GOLD);
        rig.agree(seller, buyer, "window");
        rig.deliver(); // The contract goes there, and comes back signed.
        assertThat(seller.swap()).isInstanceOf(SellerSwap.LockReady.class);
        buyer.desk().close();
        for (int step = 0; step < 500 && !seller.swap().isOver(); step++) {
            seller.look();
            rig.town.pass();
        }
        assertThat(seller.ended).containsExactly("refunded");
        assertThat(gold.subtract(seller.desk().free(SimulatedTown.GOLD)))
                .isBetween(BigInteger.ONE, BigInteger.valueOf(10_000));
    }

    /// R29: whoever was down takes back what is due before anybody is spoken to, and the keys may
    /// still be locked (decision 25).
    @Test
    void whatIsDueIsTakenBackAtTheStartWithLockedKeysAndWithoutANetwork() throws LedgerException {
        var id = rig.agree(seller, buyer, "window");
        while (!(seller.swap() instanceof SellerSwap.Locked)) {
            seller.look();
            rig.deliver();
            rig.town.pass();
        }
        var refundAt = seller.desk().report(id).swap().deal().terms().deadlines().refundA();
        seller.desk().close();
        buyer.desk().close();
        seller.wallet.locked = true;
        seller.wallet.sent.clear();
        while (rig.town.now().isBefore(refundAt.plus(Duration.ofMinutes(10)))) {
            rig.town.pass();
        }
        seller.restart(); // And is not joined.
        assertThat(seller.wallet.sent).isNotEmpty();
        assertThat(seller.outbox).isEmpty();
        for (int block = 0; block < 4; block++) {
            rig.town.pass();
            seller.look();
        }
        assertThat(seller.stage()).isEqualTo("refunded");
    }

    @Test
    void aBuyerWithLockedKeysRedeemsWhatItMayAfterARestart() throws LedgerException {
        rig.agree(seller, buyer, "window");
        while (!(seller.swap() instanceof SellerSwap.Revealing)) {
            rig.step();
        }
        buyer.wallet.locked = true;
        buyer.restart(); // Hears nothing from now on, and reads the secret from the chain.
        rig.run(seller, buyer);
        assertThat(buyer.stage()).isEqualTo("settled");
    }

    @Test
    void afterAFailureOfTheJournalNothingIsSentAnyMore() throws LedgerException {
        rig.agree(seller, buyer, "window");
        var failure = seller.desk().failure();
        seller.disk.broken = true;
        rig.deliver(); // The contract goes there; the signature comes back, and cannot be saved.
        Eventually.holds("the desk has stopped", failure::isDone);
        assertThat(failure.join()).hasMessage("the disk is broken");
        assertThat(seller.wallet.sent).isEmpty();
        assertThatThrownBy(() -> seller.desk().swaps()).isInstanceOf(LedgerException.class);
        seller.disk.broken = false;
        seller.restart();
        seller.join();
        rig.run(seller, buyer);
        assertThat(seller.stage()).isEqualTo("settled");
    }

    @Test
    void whatIsPromisedIsNotFreeAndWhatIsLockedIsNamed() throws LedgerException {
        var free = seller.desk().free(SimulatedTown.GOLD);
        rig.agree(seller, buyer, "window");
        var aside = seller.desk().setAside();
        assertThat(aside.reserved()).containsEntry(SimulatedTown.GOLD, DeskRig.GOLD_AMOUNT);
        assertThat(aside.inputs()).isNotEmpty();
        assertThat(seller.desk().free(SimulatedTown.GOLD))
                .isLessThanOrEqualTo(free.subtract(DeskRig.GOLD_AMOUNT));
        while (!(seller.swap() instanceof SellerSwap.Locked)) {
            rig.step();
        }
        assertThat(seller.desk().setAside().reserved()).isEmpty();
        assertThat(seller.desk().setAside().locked())
                .containsEntry(SimulatedTown.GOLD, DeskRig.GOLD_AMOUNT);
    }

    /// Who asked may have been killed before it had the answer: a lot is promised once.
    @Test
    void aWinnerGetsOneContractHoweverOftenItIsAskedForAlsoAfterARestart() throws LedgerException {
        var id = rig.agree(seller, buyer, "window");
        assertThat(rig.agree(seller, buyer, "window")).isEqualTo(id);
        seller.restart();
        seller.join();
        assertThat(rig.agree(seller, buyer, "window")).isEqualTo(id);
        assertThat(seller.desk().swaps()).hasSize(1);
        var _ = seller.desk().withdraw(id);
        assertThatThrownBy(() -> rig.agree(seller, buyer, "window"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("over");
    }

    /// R34: however good each of them is.
    @Test
    void noMoreIsInFlightWithAllTogetherThanTheOwnerAllows() throws LedgerException {
        var other = rig.party("other buyer");
        var third = rig.party("third");
        assertThat(buyer.desk().centsLeft()).isEqualTo(250_000);
        rig.agree(seller, buyer, "window");
        rig.agree(third, buyer, "window of the third");
        rig.deliver();
        assertThat(buyer.desk().swaps()).hasSize(2);
        assertThat(buyer.desk().centsLeft()).isEqualTo(50_000);
        // As a buyer and as a seller.
        rig.agree(other, buyer, "window of the other");
        rig.deliver();
        assertThat(buyer.desk().refused().getFirst().why()).contains("swap.inFlightUsdMax");
        assertThatThrownBy(() -> rig.agree(buyer, third, "own window"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("swap.inFlightUsdMax");
        assertThat(buyer.desk().swaps()).hasSize(2);
    }

    @Test
    void whatIsNotLockedCanBeWithdrawnAndWhatIsCannot() throws LedgerException {
        var id = rig.agree(seller, buyer, "window");
        var before = seller.desk().free(SimulatedTown.GOLD);
        assertThat(seller.desk().withdraw(id).swap().isOver()).isTrue();
        assertThat(seller.desk().free(SimulatedTown.GOLD)).isGreaterThan(before);
        var other = rig.agree(seller, buyer, "another window");
        rig.deliver();
        assertThat(seller.desk().withdraw(other).swap()).isInstanceOf(SellerSwap.LockReady.class);
    }
}
