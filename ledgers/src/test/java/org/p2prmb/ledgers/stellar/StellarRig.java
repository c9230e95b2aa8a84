package org.p2prmb.ledgers.stellar;

import org.p2prmb.ledgers.Party;
import org.p2prmb.ledgers.TwoParties;
import org.p2prmb.ledgers.TwoParties.Goods;
import org.p2prmb.ledgers.simulated.SimulatedUtxo;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Side;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Two parties with wallets on a chain in Stellar's way and on one in Bitcoin's, in virtual time.
final class StellarRig {
    static final BigInteger STELLARS = BigInteger.valueOf(1_000_000_000);
    static final BigInteger BITCOINS = BigInteger.valueOf(50_000_000);

    private static final UtxoSettings UTXO = UtxoSettings.of(UtxoChain.BITCOIN_REGTEST);
    private static final Goods ON_STELLAR = new Goods(StellarLedger.COIN, STELLARS, 1);
    private static final Goods ON_UTXO = new Goods(UTXO.chain().asset(), BITCOINS, 2);

    final Party seller;
    final Party buyer;

    private final StellarChain stellar;
    private final SimulatedUtxo utxo;
    private final boolean stellarFirst;
    private final TwoParties swap;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /// @param stellarFirst whether the seller locks on Stellar
    StellarRig(boolean stellarFirst) throws LedgerException {
        this.stellarFirst = stellarFirst;
        stellar = new StellarChain(now);
        utxo = new SimulatedUtxo(UTXO.chain(), now);
        seller = party("seller", !stellarFirst);
        buyer = party("buyer", stellarFirst);
        for (int blocks = 12; blocks > 0; blocks--) {
            pass();
        }
        var goodsA = stellarFirst ? ON_STELLAR : ON_UTXO;
        var goodsB = stellarFirst ? ON_UTXO : ON_STELLAR;
        var margins =
                new Deadlines.Margins(
                        seller.ledger(Side.A).pace(goodsA.depth()),
                        seller.ledger(Side.B).pace(goodsB.depth()),
                        Duration.ofMinutes(30),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1));
        swap = new TwoParties(seller, buyer, goodsA, goodsB, margins);
    }

    private Party party(String name, boolean hasCoins) throws LedgerException {
        var wallet = KeyPair.ed25519(seed(name + " stellar"));
        var escrow = KeyPair.ed25519(seed(name + " escrow"));
        stellar.create(wallet.publicKey().raw(), 2 * STELLARS.longValueExact());
        stellar.create(escrow.publicKey().raw(), 2 * StellarChain.RESERVE);
        var stellars = new StellarLedger(stellar, wallet, List.of(escrow));
        var keys = UtxoKeys.of(seed(name + " utxo"), UTXO.chain());
        var coins = UtxoLedger.open(utxo.node(), UTXO, keys);
        if (hasCoins) {
            utxo.give(coins.address(), 2 * BITCOINS.longValueExact());
        }
        return stellarFirst
                ? new Party(seed(name), stellars, coins)
                : new Party(seed(name), coins, stellars);
    }

    private static Bytes seed(String of) {
        return Canonical.domain("test").text(of).sha256();
    }

    private Instant pass() {
        now = now.plus(UTXO.chain().blockTime());
        utxo.mine(now);
        stellar.close(now);
        return now;
    }

    Ledger stellar(Party of) {
        return of.ledger(stellarFirst ? Side.A : Side.B);
    }

    Ledger utxo(Party of) {
        return of.ledger(stellarFirst ? Side.B : Side.A);
    }

    Optional<String> objection() {
        return swap.objection();
    }

    /// As [TwoParties#run].
    void run(BooleanSupplier sellerGone, BooleanSupplier buyerGone)
            throws ProtocolException, LedgerException {
        swap.run(now, this::pass, sellerGone, buyerGone);
    }
}
