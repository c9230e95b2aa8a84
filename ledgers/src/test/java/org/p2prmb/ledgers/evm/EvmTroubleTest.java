package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.ledgers.evm.EvmRig.ETHER;
import static org.p2prmb.ledgers.evm.EvmRig.HASH;
import static org.p2prmb.ledgers.evm.EvmRig.SECRET;
import static org.p2prmb.ledgers.evm.EvmRig.TFT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Transactions that wait, are lost, are replaced, or are taken back by the chain.
@Program.Needed(Program.ANVIL)
final class EvmTroubleTest {
    private static final BigInteger AMOUNT = ETHER.divide(BigInteger.TWO);
    private static final BigInteger GWEI = BigInteger.TEN.pow(9);

    private EvmRig rig;

    @BeforeEach
    void start() throws IOException, LedgerException {
        rig = EvmRig.start();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void theSameBytesMayBeSentAgainAndAgain() throws LedgerException {
        var leg = rig.leg(rig.tft, BigInteger.valueOf(TFT), 1_000);
        var lock = rig.lock(leg);
        rig.sendAll(lock.steps());
        rig.mined(lock.cancels());
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(2));
        var redeem = rig.redeems(leg, lock);
        for (var rung : redeem) {
            rig.bob.send(rung);
            rig.bob.send(rung);
        }
        rig.chain.mine(1);
        rig.mined(redeem);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 2));
        assertThat(rig.bob.balance(rig.tft)).isEqualTo(BigInteger.valueOf(TFT));
    }

    @Test
    void whatWaitsForABlockIsSeenAndItsSecretKnown() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var signed = rig.alice.sign(leg, HASH, 1, List.of());
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Absent());
        rig.sendAll(signed.steps());
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Pending());
        assertThat(rig.bobSees(leg, signed)).isEqualTo(new LockView.Pending());
        rig.chain.mine(1);
        assertThat(rig.bobSees(leg, signed)).isEqualTo(new LockView.Locked(1));
        rig.bob.send(rig.redeems(leg, signed).getFirst());
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Redeemed(SECRET, 0));
    }

    @Test
    void aStuckLockIsReplacedAndLost() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.alice.sign(leg, HASH, 1, List.of());
        rig.sendAll(lock.steps());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Pending());
        rig.alice.send(lock.cancels().getFirst());
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(1));
        rig.chain.mine(4);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(5));
        rig.sendAll(lock.steps());
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(6));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Absent());
    }

    @Test
    void aLockOfATokenIsReplacedAtEitherOfItsSteps() throws LedgerException {
        var leg = rig.leg(rig.tft, BigInteger.valueOf(TFT), 1_000);
        var early = rig.alice.sign(leg, HASH, 1, List.of());
        rig.sendAll(early.steps());
        for (var cancel : early.cancels()) {
            rig.alice.send(cancel);
        }
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, early)).isEqualTo(new LockView.Lost(1));

        var late = rig.alice.sign(leg, HASH, 1, List.of());
        rig.alice.send(late.steps().getFirst());
        rig.chain.mine(1);
        rig.alice.send(late.steps().getLast());
        assertThat(rig.aliceSees(leg, late)).isEqualTo(new LockView.Pending());
        for (var cancel : late.cancels()) {
            rig.alice.send(cancel);
        }
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, late)).isEqualTo(new LockView.Lost(1));
    }

    @Test
    void aLockThatWaitsForItsAllowanceIsSeen() throws LedgerException {
        var leg = rig.leg(rig.tft, BigInteger.valueOf(TFT), 1_000);
        var lock = rig.alice.sign(leg, HASH, 1, List.of());
        rig.mined(lock.steps().subList(1, 2));
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Pending());
        rig.mined(lock.steps().subList(0, 1));
        assertThat(rig.aliceSees(leg, lock)).isInstanceOf(LockView.Locked.class);
    }

    @Test
    void anAllowanceThatWasTakenBackLosesTheLockThatWaitsBehindIt() throws LedgerException {
        var leg = rig.leg(rig.tft, BigInteger.valueOf(TFT), 1_000);
        var lock = rig.alice.sign(leg, HASH, 1, List.of());
        rig.alice.send(lock.steps().getFirst());
        rig.alice.send(lock.cancels().get(1));
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(1));
        rig.alice.send(lock.steps().getLast());
        rig.chain.mine(1);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Absent());
    }

    @Test
    void aLadderOutbidsARiseOfFees() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        var redeem = rig.redeems(leg, lock);
        var seen = new ArrayList<LockView>();
        for (var rung : redeem.subList(0, 6)) {
            rig.chain.setBaseFee(GWEI.multiply(BigInteger.valueOf(40)));
            rig.bob.send(rung);
            rig.chain.mine(1);
            seen.add(rig.bobSees(leg, lock));
        }
        assertThat(seen.getFirst()).isEqualTo(new LockView.Locked(2));
        assertThat(((LockView.Redeemed) seen.getLast()).depth()).isPositive();
        assertThat(redeem.getFirst().fee()).isLessThan(redeem.getLast().fee() / 100);
    }

    @Test
    void noStepCostsMoreThanIsSaidBefore() throws LedgerException {
        for (var asset : List.of(rig.coin, rig.tft)) {
            var leg = rig.leg(asset, BigInteger.valueOf(TFT), 1_000);
            var reserve = rig.alice.feeReserve(asset);
            var takeBack = rig.alice.takeBackFeeMax(asset, leg.amount());
            var redeemMost = rig.bob.redeemFeeMax(asset);
            var lock = rig.alice.sign(leg, HASH, 1, List.of());
            var locking = lock.steps().stream().mapToLong(SignedTx::fee).sum();
            assertThat(BigInteger.valueOf(locking)).isLessThanOrEqualTo(reserve);
            for (var rung : lock.cancels()) {
                assertThat(BigInteger.valueOf(rung.fee())).isLessThanOrEqualTo(takeBack);
            }
            assertThat(BigInteger.valueOf(lock.refunds().getLast().fee())).isEqualTo(takeBack);
            var redeem = rig.redeems(leg, lock);
            assertThat(BigInteger.valueOf(redeem.getLast().fee())).isEqualTo(redeemMost);
        }
    }

    /// The account that locks waits; redeems have others (decision 24 of the swap).
    @Test
    void aStuckLockDelaysNoRedeem() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var back =
                new Leg(
                        rig.coin,
                        AMOUNT,
                        leg.template(),
                        leg.refundTo(),
                        leg.redeemTo(),
                        leg.refundAt(),
                        1);
        var bobs = rig.bob.sign(back, HASH, 1, List.of());
        rig.mined(bobs.steps());
        var stuck = rig.alice.sign(leg, HASH, 1, List.of());
        rig.sendAll(stuck.steps());
        var redeem = rig.alice.redeem(EvmRig.redemption(back, bobs), List.of(), List.of());
        for (var rung : redeem.subList(0, 7)) {
            rig.chain.setBaseFee(GWEI.multiply(BigInteger.valueOf(40)));
            rig.mined(List.of(rung));
        }
        // This node forgets what pays too little; others keep it.
        assertThat(rig.aliceSees(leg, stuck)).isEqualTo(new LockView.Absent());
        assertThat(rig.bob.view(back, HASH, bobs.ref(), bobs.since(), bobs.inputs()))
                .isInstanceOf(LockView.Redeemed.class);
    }

    @Test
    void aLockInALowerBlockThanBeforeIsFound() throws LedgerException {
        rig.chain.mine(5);
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        rig.chain.mine(3);
        long high = lock.since() + 4;
        assertThat(rig.alice.view(leg, HASH, lock.ref(), high, lock.inputs()))
                .isEqualTo(new LockView.Locked(4));
    }

    @Test
    void aReorganisedLockIsNoLockUntilItIsSentAgain() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        rig.chain.mine(1);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(2));
        rig.chain.reorganise(2);
        assertThat(rig.bobSees(leg, lock)).isIn(new LockView.Absent(), new LockView.Pending());
        rig.sendAll(lock.steps());
        rig.chain.mine(1);
        assertThat(rig.bobSees(leg, lock)).isInstanceOf(LockView.Locked.class);
    }

    @Test
    void aReorganisedRedeemIsALockAgain() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        rig.chain.mine(3);
        var redeem = rig.redeems(leg, lock).getFirst();
        rig.mined(List.of(redeem));
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        rig.chain.reorganise(1);
        assertThat(rig.aliceSees(leg, lock))
                .isIn(new LockView.Locked(5), new LockView.Redeemed(SECRET, 0));
        rig.bob.send(redeem);
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, lock)).isInstanceOf(LockView.Redeemed.class);
    }

    @Test
    void aForgottenTransactionIsSentAgain() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.alice.sign(leg, HASH, 1, List.of());
        rig.sendAll(lock.steps());
        rig.chain.drop(lock.steps().getFirst().id());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Absent());
        rig.sendAll(lock.steps());
        rig.chain.mine(1);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Locked(1));
    }

    @Test
    void anAccountHasOneWaitingLockAndEachOpenOneItsOwnRefund() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var second = rig.leg(rig.coin, AMOUNT.add(BigInteger.ONE), 1_000);
        var third = rig.leg(rig.coin, AMOUNT.add(BigInteger.TWO), 1_000);
        var lock = rig.alice.sign(leg, HASH, 1, List.of());
        assertThatThrownBy(() -> rig.alice.sign(second, HASH, 2, lock.inputs()))
                .hasMessageContaining("waits for its block");
        rig.mined(lock.steps());
        var other = rig.alice.sign(second, HASH, 2, lock.inputs());
        rig.mined(other.steps());
        var both = new ArrayList<Bytes>(lock.inputs());
        both.addAll(other.inputs());
        assertThatThrownBy(() -> rig.alice.sign(third, HASH, 3, both))
                .hasMessageContaining("2 locks are open");

        rig.chain.setNextTime(leg.refundAt().getEpochSecond() + 10);
        rig.chain.mine(1);
        rig.mined(other.refunds());
        rig.mined(lock.refunds());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Refunded(1));
        assertThat(rig.aliceSees(second, other)).isEqualTo(new LockView.Refunded(2));
    }

    @Test
    void aLockIsNotSignedWithoutGasForItsRefund() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        rig.chain.setBalance(rig.aliceKeys.refunderAddress(1), BigInteger.ONE);
        var inputs = rig.alice.sign(leg, HASH, 1, List.of()).inputs();
        assertThat(Nonce.of(rig.aliceKeys.refunderAddress(0), inputs)).hasSize(1);
        rig.chain.setBalance(rig.aliceKeys.refunderAddress(0), BigInteger.ONE);
        assertThatThrownBy(() -> rig.alice.sign(leg, HASH, 1, List.of()))
                .hasMessageContaining("none of 2 free gas accounts");
    }
}
