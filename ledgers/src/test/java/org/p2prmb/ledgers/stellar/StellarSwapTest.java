package org.p2prmb.ledgers.stellar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Outcome;

import java.util.Optional;

/// The production machines, engine and audit over a chain with neither scripts nor contracts on one
/// side (decision 27), and over Bitcoin's scripts on the other.
final class StellarSwapTest {
    private static final int FEES_PERCENT = 1;

    /// Stellar as leg B swaps, too; but its buyer is warned (R2).
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachGetsWhatTheOtherHad(boolean stellarFirst) throws ProtocolException, LedgerException {
        var parties = new TwoParties(stellarFirst);
        var hasCoins = stellarFirst ? parties.buyer : parties.seller;
        var hasStellars = stellarFirst ? parties.seller : parties.buyer;
        var before = hasCoins.stellar.balance(StellarLedger.COIN);
        parties.run(() -> false, () -> false);
        assertThat(parties.seller.outcome()).contains(Outcome.SETTLED);
        assertThat(parties.buyer.outcome()).contains(Outcome.SETTLED);
        assertThat(hasCoins.stellar.balance(StellarLedger.COIN).subtract(before))
                .isCloseTo(TwoParties.STELLARS, withinPercentage(FEES_PERCENT));
        assertThat(hasStellars.utxo.balance(hasStellars.utxo.feeAsset()))
                .isCloseTo(TwoParties.BITCOINS, withinPercentage(FEES_PERCENT));
        assertThat(parties.buyer.objection())
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
        var parties = new TwoParties(stellarFirst);
        var seller = parties.seller;
        var coin = seller.first().feeAsset();
        var had = seller.first().balance(coin);
        parties.run(() -> false, seller::hasLocked);
        assertThat(seller.outcome()).contains(Outcome.REFUNDED);
        assertThat(seller.first().balance(coin)).isCloseTo(had, withinPercentage(FEES_PERCENT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBuyerWhoseSellerVanishesTakesItsCoinsBack(boolean stellarFirst)
            throws ProtocolException, LedgerException {
        var parties = new TwoParties(stellarFirst);
        var buyer = parties.buyer;
        var coin = buyer.second().feeAsset();
        var had = buyer.second().balance(coin);
        parties.run(buyer::hasLocked, () -> false);
        assertThat(buyer.outcome()).contains(Outcome.REFUNDED);
        assertThat(buyer.second().balance(coin)).isCloseTo(had, withinPercentage(FEES_PERCENT));
    }
}
