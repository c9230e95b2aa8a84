package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.ledgers.evm.EvmRig.ETHER;
import static org.p2prmb.ledgers.evm.EvmRig.SECRET;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Which account pays for what ends a lock, and whether one can.
@Program.Needed(Program.ANVIL)
final class EvmGasTest {
    private static final BigInteger AMOUNT = ETHER.divide(BigInteger.TWO);

    private EvmRig rig;
    private Leg leg;

    @BeforeEach
    void start() throws IOException, LedgerException {
        rig = EvmRig.start();
        leg = rig.leg(rig.coin, AMOUNT, 1_000);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void redeemers(BigInteger first, BigInteger second) throws LedgerException {
        rig.chain.setBalance(rig.bobKeys.redeemerAddress(0), first);
        rig.chain.setBalance(rig.bobKeys.redeemerAddress(1), second);
    }

    /// A redeem at so many doublings of the fee of the day.
    private BigInteger gas(int doublings) throws LedgerException {
        var fee = EvmPrice.now(new EvmNode(rig.chain.rpc()).latest().baseFee(), rig.settings.tip());
        return BigInteger.valueOf(fee.doubled(doublings).of(EvmSigner.GAS_END));
    }

    @Test
    void whoCannotPayForARedeemOnABusyDayIsTold() throws LedgerException {
        assertThat(rig.bob.unpayable(leg, 1)).isEmpty();
        redeemers(gas(3), BigInteger.ZERO);
        assertThat(rig.bob.unpayable(leg, 0))
                .hasValueSatisfying(why -> assertThat(why).contains("no gas for the redeem"));
        redeemers(BigInteger.ZERO, gas(4));
        assertThat(rig.bob.unpayable(leg, 0)).isEmpty();
        assertThat(rig.bob.unpayable(leg, 1)).isPresent();
    }

    @Test
    void whoCannotPayForItsRefundIsToldAndWhoNeedsNeitherIsNot() throws LedgerException {
        assertThat(rig.alice.unpayable(leg, 1)).isEmpty();
        rig.chain.setBalance(rig.aliceKeys.refunderAddress(0), BigInteger.ZERO);
        assertThat(rig.alice.unpayable(leg, 0)).isEmpty();
        assertThat(rig.alice.unpayable(leg, 1))
                .hasValueSatisfying(why -> assertThat(why).contains("no gas for the refund"));
        var other = rig.bobKeys.refunderAddress(0);
        var another = rig.bobKeys.refunderAddress(1);
        var foreign = new Leg(rig.coin, AMOUNT, leg.template(), other, another, leg.refundAt(), 2);
        assertThat(rig.alice.unpayable(foreign, 99)).isEmpty();
    }

    /// Else one of two redeems that are not sent yet is stuck until the other side takes its coins
    /// back.
    @Test
    void whatAnotherSwapHasSignedIsTaken() throws LedgerException {
        var lock = rig.lock(leg);
        var taken = new ArrayList<SignedTx>();
        for (int swap = 0; swap < 2 * EvmRig.GAS_ACCOUNTS; swap++) {
            taken.add(redeem(lock, taken).getFirst());
        }
        assertThat(taken).extracting(tx -> EvmTx.of(tx).nonce()).containsExactly(0L, 0L, 1L, 2L);
        assertThat(
                        new EvmGas(new EvmNode(rig.chain.rpc()), rig.settings, rig.bobKeys)
                                .nonces(taken))
                .extracting(nonce -> nonce.account() + " " + nonce.number())
                .doesNotHaveDuplicates();
        rig.mined(taken.subList(0, 1));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(EvmTx.of(redeem(lock, taken.subList(0, 2)).getFirst()).nonce()).isOne();
    }

    private List<SignedTx> redeem(SignedLock lock, List<SignedTx> taken) throws LedgerException {
        return rig.bob.redeem(EvmRig.redemption(leg, lock), List.of(), taken);
    }

    @Test
    void anAccountWithoutGasIsPassedOver() throws LedgerException {
        var lock = rig.lock(leg);
        redeemers(ETHER, BigInteger.ZERO);
        rig.redeem(leg, lock);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(new EvmNode(rig.chain.rpc()).nonce(rig.bobKeys.redeemerAddress(0))).isOne();
    }

    private List<SignedTx> renewed(SignedLock lock, List<SignedTx> saved, List<SignedTx> taken)
            throws LedgerException {
        return rig.bob.renew(EvmRig.redemption(leg, lock), saved, taken);
    }

    /// What else leaves a gas account is not ours to know: the number is gone all the same.
    @Test
    void aRedeemWhoseNumberIsUsedUpIsSignedAnew() throws LedgerException {
        var lock = rig.lock(leg);
        var saved = redeem(lock, List.of());
        assertThat(renewed(lock, saved, List.of())).isEqualTo(saved);
        var key = rig.bobKeys.redeemer(1);
        var price = EvmTx.of(saved.getFirst()).price();
        var other =
                new EvmTx(0, price, 21_000, key.address(), BigInteger.ZERO, Bytes.EMPTY)
                        .sign(rig.settings.chainId(), key);
        rig.mined(List.of(other));
        rig.mined(saved);
        assertThat(rig.bobSees(leg, lock)).isInstanceOf(LockView.Locked.class);
        var anew = renewed(lock, saved, List.of());
        assertThat(EvmTx.of(anew.getFirst()).nonce()).isOne();
        assertThat(renewed(lock, anew, List.of())).isEqualTo(anew);
        rig.mined(anew.subList(0, 1));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
    }

    @Test
    void aRedeemBehindANumberThatNobodyHasOrWithTheNumberOfAnotherIsSignedAnew()
            throws LedgerException {
        var lock = rig.lock(leg);
        redeemers(BigInteger.ZERO, ETHER);
        var others = redeem(lock, List.of()).subList(0, 1);
        assertThat(renewed(lock, others, others)).isNotEqualTo(others);
        redeemers(ETHER, ETHER);
        var both = List.of(others.getFirst(), redeem(lock, others).getFirst());
        var behind = redeem(lock, both);
        assertThat(EvmTx.of(behind.getFirst()).nonce()).isOne();
        assertThat(renewed(lock, behind, both)).isEqualTo(behind);
        var anew = renewed(lock, behind, List.of());
        assertThat(EvmTx.of(anew.getFirst()).nonce()).isZero();
    }

    @Test
    void aLadderThatGasWasShortForGrowsOnceThereIsMore() throws LedgerException {
        var lock = rig.lock(leg);
        redeemers(BigInteger.ZERO, gas(1));
        var saved = redeem(lock, List.of());
        assertThat(saved).hasSize(2);
        assertThat(renewed(lock, saved, List.of())).isEqualTo(saved);
        redeemers(BigInteger.ZERO, ETHER);
        var longer = renewed(lock, saved, List.of());
        assertThat(longer).hasSizeGreaterThan(4).startsWith(saved.toArray(SignedTx[]::new));
        redeemers(ETHER, BigInteger.ZERO);
        var anew = renewed(lock, longer, List.of());
        rig.mined(anew.subList(0, 1));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
    }
}
