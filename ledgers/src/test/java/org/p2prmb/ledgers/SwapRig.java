package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.p2prmb.ledgers.TwoParties.Goods;
import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.evm.EvmLedger;
import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Side;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Two parties with wallets on two real chains, whose time goes on together.
final class SwapRig {
    private static final BigInteger TOKENS = BigInteger.valueOf(123_4567891L);
    private static final BigInteger LITECOINS = BigInteger.valueOf(150_000_000);
    private static final int DEPTH = 2;
    private static final Duration STEP = Duration.ofMinutes(2);
    private static final UtxoSettings UTXO = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);
    private static final Pace PACE =
            new Pace(Duration.ofMinutes(6), Duration.ofMinutes(4), Duration.ofMinutes(14));
    private static final Deadlines.Margins MARGINS =
            new Deadlines.Margins(
                    PACE, PACE, Duration.ofMinutes(4), Duration.ZERO, Duration.ofMinutes(10));

    final Party seller;
    final Party buyer;

    private final Anvil evm;
    private final Litecoind utxo;
    private final boolean evmFirst;
    private final int number;
    private final TwoParties swap;
    private Instant now;

    /// @param evmFirst whether the seller sells tokens for litecoins, or the other way round
    /// @param number from which its keys come
    SwapRig(Anvil evm, Litecoind utxo, boolean evmFirst, int number)
            throws IOException, LedgerException {
        this.evm = evm;
        this.utxo = utxo;
        this.evmFirst = evmFirst;
        this.number = number;
        var tokensOf = evmKeys(evmFirst ? "seller" : "buyer").fundingAddress();
        var token = evm.deployToken(tokensOf, TOKENS.longValueExact());
        var tft = new Asset("eip155:" + Anvil.CHAIN_ID, "TFT", token, 7);
        var settings = settings(evm.deployHtlc(), tft);
        seller = party("seller", !evmFirst, settings);
        buyer = party("buyer", evmFirst, settings);
        var tokens = new Goods(tft, TOKENS, DEPTH);
        var coins = new Goods(UTXO.chain().asset(), LITECOINS, DEPTH);
        swap =
                new TwoParties(
                        seller,
                        buyer,
                        evmFirst ? tokens : coins,
                        evmFirst ? coins : tokens,
                        MARGINS);
        var evmTime = seller.ledger(evmFirst ? Side.A : Side.B).tip().time();
        now = utxo.medianTime().isAfter(evmTime) ? utxo.medianTime() : evmTime;
        for (int blocks = 12; blocks > 0; blocks--) {
            pass();
        }
    }

    private Bytes seed(String of) {
        return Canonical.domain("test").text(of).number(number).sha256();
    }

    private EvmKeys evmKeys(String name) {
        return EvmKeys.of(seed(name + " funds"), seed(name + " gas"));
    }

    private static EvmSettings settings(Bytes contract, Asset token) {
        return new EvmSettings(
                Anvil.CHAIN_ID,
                "ETH",
                contract,
                List.of(token),
                1,
                Duration.ofSeconds(12),
                Duration.ofMinutes(5),
                BigInteger.TEN.pow(9));
    }

    /// A block on each chain.
    private Instant pass() throws LedgerException {
        now = now.plus(STEP);
        utxo.setTime(now);
        utxo.mine(1);
        evm.setNextTime(now.getEpochSecond());
        evm.mine(1);
        return now;
    }

    private Party party(String name, boolean hasCoins, EvmSettings settings)
            throws LedgerException {
        var keys = evmKeys(name);
        for (var gas :
                List.of(keys.fundingAddress(), keys.refunderAddress(0), keys.redeemerAddress(0))) {
            evm.setBalance(gas, BigInteger.TEN.pow(18));
        }
        var tokens = EvmLedger.open(evm.rpc(), settings, keys);
        var coinKeys = UtxoKeys.of(seed(name + " utxo"), UTXO.chain());
        var coins = UtxoLedger.open(utxo.rpc(), UTXO, coinKeys);
        if (hasCoins) {
            utxo.pay(coins.address(), "2");
        }
        return evmFirst
                ? new Party(seed(name), tokens, coins)
                : new Party(seed(name), coins, tokens);
    }

    /// As [TwoParties#run]; the buyer may sign.
    void run(BooleanSupplier sellerGone, BooleanSupplier buyerGone)
            throws ProtocolException, LedgerException {
        swap.run(now, this::pass, sellerGone, buyerGone);
        assertThat(swap.objection()).isEmpty();
    }

    /// Both chains' blocks say how a lock ended, under the name that the parties had for it, and
    /// say nothing of it before it was made.
    ///
    /// @param side whose lock it is
    void assertPast(Side side, Party of, boolean redeemed) throws LedgerException {
        var deal = of.swap().orElseThrow().deal();
        var leg = deal.leg(side);
        var hash = deal.terms().hash();
        var ledger = taker(side).ledger(side);
        long since = side == Side.A ? deal.sinceA() : deal.sinceB();
        var past = ledger.past(leg, hash, since, ledger.tip().height()).orElseThrow();
        assertThat(past.height()).isGreaterThan(since);
        var ending = past.ending().orElseThrow();
        assertThat(ending.redeemed()).isEqualTo(redeemed);
        assertThat(ledger.past(leg, hash, past.height(), ending.height() - 1).orElseThrow())
                .isEqualTo(new LockPast(past.ref(), past.height(), Optional.empty()));
        assertThat(ledger.past(leg, hash, since, past.height() - 1)).isEmpty();
        if (side == Side.A) {
            assertThat(past.ref()).isEqualTo(deal.refA());
        }
    }

    private Party taker(Side side) {
        return side == Side.A ? buyer : seller;
    }

    /// Each has what the other had, but for fees.
    void assertSwapped() throws LedgerException {
        for (var side : Side.values()) {
            assertThat(balance(taker(side), side))
                    .isLessThanOrEqualTo(swap.goods(side).amount())
                    .isGreaterThan(most(side));
        }
    }

    /// This side has what it had, but for fees.
    void assertBack(Party party) throws LedgerException {
        var own = party == seller ? Side.A : Side.B;
        assertThat(balance(party, own)).isGreaterThan(most(own));
    }

    private BigInteger balance(Party of, Side side) throws LedgerException {
        return of.ledger(side).balance(swap.goods(side).asset());
    }

    private BigInteger most(Side side) {
        var all = swap.goods(side).amount();
        return all.multiply(BigInteger.valueOf(99)).divide(BigInteger.valueOf(100));
    }
}
