package org.p2prmb.ledgers.stellar;

import org.p2prmb.ledgers.simulated.SimulatedUtxo;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.protocols.swap.TermsCodec;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A seller and a buyer with wallets on a chain in Stellar's way and on one in Bitcoin's, in
/// virtual time. Their processes end after everything that they do: only their disks last.
final class TwoParties {
    static final BigInteger STELLARS = BigInteger.valueOf(1_000_000_000);
    static final BigInteger BITCOINS = BigInteger.valueOf(50_000_000);

    private static final UtxoSettings UTXO = UtxoSettings.of(UtxoChain.BITCOIN_REGTEST);
    private static final long INDEX = 1;
    private static final int STEPS_MAX = 400;
    private static final int STELLAR_DEPTH = 1;
    private static final int UTXO_DEPTH = 2;

    final Party seller;
    final Party buyer;
    final Deadlines.Margins margins;

    private final StellarChain stellar;
    private final SimulatedUtxo utxo;
    private final boolean stellarFirst;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /// @param stellarFirst whether the seller locks on Stellar
    TwoParties(boolean stellarFirst) throws LedgerException {
        this.stellarFirst = stellarFirst;
        stellar = new StellarChain(now);
        utxo = new SimulatedUtxo(UTXO.chain(), now);
        seller = new Party("seller");
        buyer = new Party("buyer");
        utxo.give((stellarFirst ? buyer : seller).utxo.address(), 2 * BITCOINS.longValueExact());
        for (int blocks = 12; blocks > 0; blocks--) {
            pass();
        }
        margins =
                new Deadlines.Margins(
                        seller.first().pace(depth(true)),
                        seller.second().pace(depth(false)),
                        Duration.ofMinutes(30),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1));
    }

    private static Bytes seed(String of) {
        return Canonical.domain("test").text(of).sha256();
    }

    private int depth(boolean isA) {
        return isA == stellarFirst ? STELLAR_DEPTH : UTXO_DEPTH;
    }

    BigInteger amount(boolean isA) {
        return isA == stellarFirst ? STELLARS : BITCOINS;
    }

    private void pass() {
        now = now.plus(UTXO.chain().blockTime());
        utxo.mine(now);
        stellar.close(now);
    }

    final class Party implements SwapJournal {
        final StellarLedger stellar;
        final UtxoLedger utxo;
        private final KeyPair keys;
        private final String name;
        private final Map<Bytes, Bytes> disk = new LinkedHashMap<>();
        private final Deque<TermsCodec.Told> inbox = new ArrayDeque<>();

        /// What the audit says of the contract, for a buyer that signs all the same.
        private Optional<String> objection = Optional.empty();

        Party(String name) throws LedgerException {
            this.name = name;
            keys = KeyPair.ed25519(seed(name));
            var wallet = KeyPair.ed25519(seed(name + " stellar"));
            var escrow = KeyPair.ed25519(seed(name + " escrow"));
            var chain = TwoParties.this.stellar;
            chain.create(wallet.publicKey().raw(), 2 * STELLARS.longValueExact());
            chain.create(escrow.publicKey().raw(), 2 * StellarChain.RESERVE);
            stellar = new StellarLedger(chain, wallet, List.of(escrow));
            utxo =
                    UtxoLedger.open(
                            TwoParties.this.utxo.node(),
                            UTXO,
                            UtxoKeys.of(seed(name + " utxo"), UTXO.chain()));
        }

        @Override
        public void save(Bytes swap, Bytes state) {
            disk.put(swap, state);
        }

        @Override
        public void forget(Bytes swap) {
            disk.remove(swap);
        }

        @Override
        public Map<Bytes, Bytes> load() {
            return Map.copyOf(disk);
        }

        private SwapEngine engine() {
            return new SwapEngine(
                    this,
                    chain -> chain.equals(stellar.chain()) ? stellar : utxo,
                    _ -> Optional.of(secret()),
                    (_, told) -> (this == seller ? buyer : seller).inbox.add(told),
                    Signatures.REAL);
        }

        Secret secret() {
            return new Secret(seed(name + " secret"));
        }

        private Optional<Swap> swap() {
            return engine().swaps().stream().findFirst();
        }

        /// Also when it has ended since.
        boolean hasLocked() {
            return swap().filter(swap -> !swap.reserves()).isPresent();
        }

        Optional<Outcome> outcome() {
            return swap().flatMap(swap ->
                    switch (swap) {
                        case SellerSwap.Ended ended -> Optional.of(ended.outcome());
                        case BuyerSwap.Ended ended -> Optional.of(ended.outcome());
                        default -> Optional.empty();
                    });
        }

        Optional<String> objection() {
            return objection;
        }

        Ledger first() {
            return stellarFirst ? stellar : utxo;
        }

        Ledger second() {
            return stellarFirst ? utxo : stellar;
        }

        private void act() throws ProtocolException, LedgerException {
            while (!inbox.isEmpty()) {
                var told = inbox.removeFirst();
                if (told.message() instanceof SwapMessage.Accept accept && disk.isEmpty()) {
                    countersign(accept);
                } else {
                    var other = this == seller ? buyer : seller;
                    engine().heard(other.keys.peerId(), told, now);
                }
            }
            engine().look(now);
        }

        private void countersign(SwapMessage.Accept accept) throws LedgerException {
            var terms = accept.terms();
            var sold =
                    new Audit.Sold(
                            seed("window"),
                            terms.a().asset(),
                            amount(true),
                            terms.b().asset(),
                            amount(false),
                            100_000,
                            INDEX);
            objection =
                    Audit.objection(terms, accept.refA(), sold, first(), second(), margins, now);
            engine().open(new BuyerSwap.Countersigned(deal(terms, accept.refA())), now);
        }
    }

    private Deal deal(Terms terms, Bytes refA) throws LedgerException {
        return new Deal(
                terms,
                INDEX,
                refA,
                Deal.sign(terms, refA, seller.keys, Signatures.REAL),
                Deal.sign(terms, refA, buyer.keys, Signatures.REAL),
                seller.first().tip().height(),
                seller.second().tip().height());
    }

    Terms terms() throws LedgerException {
        var deadlines = Deadlines.of(now, margins);
        return new Terms(
                seed("window"),
                seller.keys.peerId(),
                buyer.keys.peerId(),
                leg(true, deadlines.refundA()),
                leg(false, deadlines.refundB()),
                seller.secret().hash(),
                deadlines,
                100_000,
                now,
                now.plus(margins.handling()));
    }

    private Leg leg(boolean isA, Instant refundAt) throws LedgerException {
        var ledger = isA ? seller.first() : seller.second();
        return new Leg(
                ledger.feeAsset(),
                amount(isA),
                ledger.template(ledger.feeAsset()),
                isA ? buyer.first().party(INDEX) : seller.second().party(INDEX),
                isA ? seller.first().party(INDEX) : buyer.second().party(INDEX),
                refundAt,
                depth(isA));
    }

    /// @param sellerGone whether the seller does nothing any more, asked before each of its steps
    /// @param buyerGone the same of the buyer
    void run(BooleanSupplier sellerGone, BooleanSupplier buyerGone)
            throws ProtocolException, LedgerException {
        var terms = terms();
        var lock = seller.first().sign(terms.a(), terms.hash(), INDEX, List.of());
        seller.engine().open(new SellerSwap.Selected(deal(terms, lock.ref()), lock), now);
        for (int step = 0; step < STEPS_MAX; step++) {
            boolean noBuyer = buyerGone.getAsBoolean();
            if (!noBuyer) {
                buyer.act();
            }
            boolean noSeller = sellerGone.getAsBoolean();
            if (!noSeller) {
                seller.act();
            }
            if ((noBuyer || buyer.outcome().isPresent())
                    && (noSeller || seller.outcome().isPresent())) {
                return;
            }
            pass();
        }
    }
}
