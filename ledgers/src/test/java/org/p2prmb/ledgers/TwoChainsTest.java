package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.evm.EvmLedger;
import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// A whole swap by hand: the seller's TFT on an EVM chain for the buyer's litecoins, through
/// nothing but [Ledger].
@Program.Needed({Program.ANVIL, Program.LITECOIND})
final class TwoChainsTest {
    private static final long INDEX = 1;
    private static final BigInteger TFT_AMOUNT = BigInteger.valueOf(123_4567891L);
    private static final BigInteger LTC_AMOUNT = BigInteger.valueOf(150_000_000);
    private static final Secret SECRET = new Secret(seed(9));

    private static Bytes seed(int of) {
        var seed = new byte[32];
        Arrays.fill(seed, (byte) of);
        return Bytes.wrap(seed);
    }

    @Test
    void oneSecretMovesTheCoinsOfBothChains() throws IOException, LedgerException {
        try (var evm = Anvil.start();
                var utxo = Litecoind.start()) {
            var sellerKeys = EvmKeys.of(seed(1), seed(2));
            var buyerKeys = EvmKeys.of(seed(3), seed(4));
            var owner = sellerKeys.fundingAddress();
            var token = evm.deployToken(owner, 200_0000000L);
            var tft = new Asset("eip155:" + Anvil.CHAIN_ID, "TFT", token, 7);
            var settings = settings(evm.deployHtlc(), tft);
            for (var gas :
                    List.of(owner, sellerKeys.refunderAddress(0), buyerKeys.redeemerAddress(0))) {
                evm.setBalance(gas, BigInteger.TEN.pow(18));
            }
            var sellerOnEvm = EvmLedger.open(evm.rpc(), settings, sellerKeys);
            var buyerOnEvm = EvmLedger.open(evm.rpc(), settings, buyerKeys);
            var sellerOnUtxo = utxo(utxo, 5);
            var buyerOnUtxo = utxo(utxo, 6);
            utxo.pay(buyerOnUtxo.address(), "3");

            // The seller locks first, for longer.
            var legA = leg(tft, TFT_AMOUNT, sellerOnEvm, buyerOnEvm, 7_200);
            var lockA = sellerOnEvm.sign(legA, SECRET.hash(), INDEX, List.of());
            for (var step : lockA.steps()) {
                sellerOnEvm.send(step);
            }
            evm.mine(2);
            assertThat(buyerOnEvm.unfit(legA)).isEmpty();
            assertThat(see(buyerOnEvm, legA, lockA.ref())).isEqualTo(new LockView.Locked(2));

            var ltc = buyerOnUtxo.feeAsset();
            var legB = leg(ltc, LTC_AMOUNT, buyerOnUtxo, sellerOnUtxo, 3_600);
            var lockB = buyerOnUtxo.sign(legB, SECRET.hash(), INDEX, List.of());
            buyerOnUtxo.send(lockB.steps().getFirst());
            utxo.mine(2);
            assertThat(sellerOnUtxo.unfit(legB)).isEmpty();
            assertThat(see(sellerOnUtxo, legB, lockB.ref())).isEqualTo(new LockView.Locked(2));

            var redeemB = redeem(sellerOnUtxo, legB, lockB.ref(), SECRET);
            sellerOnUtxo.send(redeemB);
            utxo.mine(1);
            var told = (LockView.Redeemed) see(buyerOnUtxo, legB, lockB.ref());
            assertThat(told).isEqualTo(new LockView.Redeemed(SECRET, 1));

            buyerOnEvm.send(redeem(buyerOnEvm, legA, lockA.ref(), told.secret()));
            evm.mine(1);
            assertThat(see(sellerOnEvm, legA, lockA.ref()))
                    .isEqualTo(new LockView.Redeemed(SECRET, 1));
            assertThat(buyerOnEvm.balance(tft)).isEqualTo(TFT_AMOUNT);
            assertThat(sellerOnUtxo.balance(ltc))
                    .isEqualTo(LTC_AMOUNT.subtract(BigInteger.valueOf(redeemB.fee())));
        }
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

    private static UtxoLedger utxo(Litecoind node, int seed) throws LedgerException {
        var settings = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);
        return UtxoLedger.open(node.rpc(), settings, UtxoKeys.of(seed(seed), settings.chain()));
    }

    private static Leg leg(Asset asset, BigInteger amount, Ledger from, Ledger to, long seconds)
            throws LedgerException {
        var end = Instant.ofEpochSecond(from.tip().time().getEpochSecond() + seconds);
        return new Leg(
                asset, amount, from.template(asset), to.party(INDEX), from.party(INDEX), end, 2);
    }

    private static SignedTx redeem(Ledger ledger, Leg leg, Bytes ref, Secret secret)
            throws LedgerException {
        return ledger.redeem(new Redemption(leg, ref, secret, INDEX), List.of(), List.of())
                .getFirst();
    }

    private static LockView see(Ledger ledger, Leg leg, Bytes ref) throws LedgerException {
        long since = Math.max(0, ledger.tip().height() - leg.depth());
        return ledger.view(leg, SECRET.hash(), ref, since, List.of());
    }
}
