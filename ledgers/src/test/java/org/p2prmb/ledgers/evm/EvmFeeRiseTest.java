package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.ledgers.evm.EvmRig.HASH;
import static org.p2prmb.ledgers.evm.EvmRig.SECRET;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;

/// The base fee rises tenfold between the contract and the end of a lock, and gas accounts hold no
/// unit more than they must to begin a swap.
@Program.Needed(Program.ANVIL)
final class EvmFeeRiseTest {
    private static final BigInteger USUAL = BigInteger.valueOf(100_000_000_000L);
    private static final BigInteger RISEN = USUAL.multiply(BigInteger.TEN);

    private EvmRig rig;
    private Leg leg;

    @BeforeEach
    void start() throws IOException, LedgerException {
        rig = EvmRig.start();
        isBaseFee(USUAL);
        begin(rig.coin);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /// Of the newest block; the next ones would be cheaper.
    private void isBaseFee(BigInteger units) throws LedgerException {
        rig.chain.setBaseFee(units);
        rig.chain.mine(1);
    }

    private void begin(Asset asset) throws LedgerException {
        leg = rig.leg(asset, BigInteger.valueOf(EvmRig.TFT), 1_000);
        gasIs(needed());
    }

    private BigInteger needed() throws LedgerException {
        var price = EvmPrice.now(USUAL, rig.settings.tip());
        return EvmGas.needed(price, EvmGas.gas(leg));
    }

    private void gasIs(BigInteger units) throws LedgerException {
        for (int number = 0; number < EvmRig.GAS_ACCOUNTS; number++) {
            rig.chain.setBalance(rig.bobKeys.redeemerAddress(number), units);
            rig.chain.setBalance(rig.aliceKeys.refunderAddress(number), units);
        }
    }

    /// In blocks of the risen fee.
    private void mined(List<SignedTx> ladder) throws LedgerException {
        for (var rung : ladder) {
            rig.chain.setBaseFee(RISEN);
            rig.mined(List.of(rung));
        }
    }

    @Test
    void aRedeemThatIsSignedAfterTheRiseIsInTheNextBlock() throws LedgerException {
        for (var asset : List.of(rig.coin, rig.tft)) {
            begin(asset);
            assertThat(rig.bob.unpayable(leg, 0)).isEmpty();
            var lock = rig.lock(leg);
            isBaseFee(RISEN);
            mined(rig.redeems(leg, lock).subList(0, 1));
            assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
            isBaseFee(USUAL);
        }
    }

    @Test
    void aLadderThatWasSignedBeforeTheRiseHasARungThatPaysIt() throws LedgerException {
        var lock = rig.lock(leg);
        isBaseFee(USUAL);
        var ladder = rig.redeems(leg, lock);
        mined(ladder.subList(0, 1));
        assertThat(rig.bobSees(leg, lock)).isInstanceOf(LockView.Locked.class);
        mined(ladder.subList(1, ladder.size()));
        assertThat(rig.bobSees(leg, lock)).isInstanceOf(LockView.Redeemed.class);
    }

    @Test
    void aRefundIsSignedOnceAndPaysTheRiseToo() throws LedgerException {
        var lock = rig.lock(leg);
        rig.chain.setNextTime(leg.refundAt().getEpochSecond() + 10);
        isBaseFee(RISEN);
        mined(lock.refunds().subList(0, 1));
        assertThat(rig.aliceSees(leg, lock)).isInstanceOf(LockView.Locked.class);
        mined(lock.refunds().subList(1, lock.refunds().size()));
        assertThat(rig.aliceSees(leg, lock)).isInstanceOf(LockView.Refunded.class);
    }

    @Test
    void withAUnitLessNothingIsBegun() throws LedgerException {
        gasIs(needed().subtract(BigInteger.ONE));
        assertThat(rig.bob.unpayable(leg, 0)).isPresent();
        assertThat(rig.alice.unpayable(leg, 0)).isPresent();
        assertThatThrownBy(() -> rig.alice.sign(leg, HASH, 1, List.of()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("a refund may take");
    }
}
