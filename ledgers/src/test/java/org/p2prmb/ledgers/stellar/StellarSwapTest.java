package org.p2prmb.ledgers.stellar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.Side;

import java.util.Optional;

/// The production machines, engine and audit over a chain with neither scripts nor contracts on one
/// side (decision 27), and over Bitcoin's scripts on the other.
final class StellarSwapTest {
    private static final int FEES_PERCENT = 1;

    /// Stellar as leg B swaps, too; but its buyer is warned (R2).
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachGetsWhatTheOtherHad(boolean stellarFirst) throws ProtocolException, LedgerException {
        var rig = new StellarRig(stellarFirst);
        var hasCoins = stellarFirst ? rig.buyer : rig.seller;
        var hasStellars = stellarFirst ? rig.seller : rig.buyer;
        var before = rig.stellar(hasCoins).balance(StellarLedger.COIN);
        rig.run(() -> false, () -> false);
        assertThat(rig.seller.outcome()).contains(Outcome.SETTLED);
        assertThat(rig.buyer.outcome()).contains(Outcome.SETTLED);
        assertThat(rig.stellar(hasCoins).balance(StellarLedger.COIN).subtract(before))
                .isCloseTo(StellarRig.STELLARS, withinPercentage(FEES_PERCENT));
        assertThat(rig.utxo(hasStellars).balance(rig.utxo(hasStellars).feeAsset()))
                .isCloseTo(StellarRig.BITCOINS, withinPercentage(FEES_PERCENT));
        assertThat(rig.objection())
                .isEqualTo(
                        stellarFirst
                                ? Optional.empty()
                                : Optional.of(
                                        "our lock would open to what opens none of the seller's"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSellerWhoseBuyerVanishesTakesItsCoinsBack(boolean stellarFirst)
            throws ProtocolException, LedgerException {
        var rig = new StellarRig(stellarFirst);
        var seller = rig.seller;
        var ledger = seller.ledger(Side.A);
        var had = ledger.balance(ledger.feeAsset());
        rig.run(() -> false, seller::hasLocked);
        assertThat(seller.outcome()).contains(Outcome.REFUNDED);
        assertThat(ledger.balance(ledger.feeAsset()))
                .isCloseTo(had, withinPercentage(FEES_PERCENT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBuyerWhoseSellerVanishesTakesItsCoinsBack(boolean stellarFirst)
            throws ProtocolException, LedgerException {
        var rig = new StellarRig(stellarFirst);
        var buyer = rig.buyer;
        var ledger = buyer.ledger(Side.B);
        var had = ledger.balance(ledger.feeAsset());
        rig.run(buyer::hasLocked, () -> false);
        assertThat(buyer.outcome()).contains(Outcome.REFUNDED);
        assertThat(ledger.balance(ledger.feeAsset()))
                .isCloseTo(had, withinPercentage(FEES_PERCENT));
    }
}
