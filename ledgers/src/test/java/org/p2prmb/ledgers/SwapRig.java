package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.protocols.swap.TermsCodec;

import java.io.IOException;
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

/// Two parties with wallets on two real chains, whose time goes on together.
final class SwapRig {
    private static final long INDEX = 1;
    private static final long TOKENS = 123_4567891L;
    private static final long LITECOINS = 150_000_000;
    private static final int DEPTH = 2;
    private static final int STEPS_MAX = 200;
    private static final Duration STEP = Duration.ofMinutes(2);
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
    private final Asset tft;
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
        tft = new Asset("eip155:" + Anvil.CHAIN_ID, "TFT", evm.deployToken(tokensOf, TOKENS), 7);
        var settings = settings(evm.deployHtlc(), tft);
        seller = new Party("seller", settings);
        buyer = new Party("buyer", settings);
        utxo.pay((evmFirst ? buyer : seller).utxo.address(), "2");
        now =
                utxo.medianTime().isAfter(seller.evm.tip().time())
                        ? utxo.medianTime()
                        : seller.evm.tip().time();
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
    private void pass() throws LedgerException {
        now = now.plus(STEP);
        utxo.setTime(now);
        utxo.mine(1);
        evm.setNextTime(now.getEpochSecond());
        evm.mine(1);
    }

    /// One side, whose process ends after everything that it does.
    final class Party implements SwapJournal {
        private final EvmLedger evm;
        private final UtxoLedger utxo;
        private final KeyPair keys;
        private final String name;
        private final Map<Bytes, Bytes> disk = new LinkedHashMap<>();
        private final Deque<TermsCodec.Told> inbox = new ArrayDeque<>();
        private boolean gone;

        Party(String name, EvmSettings settings) throws LedgerException {
            this.name = name;
            keys = KeyPair.ed25519(seed(name));
            var evmKeys = evmKeys(name);
            for (var gas :
                    List.of(
                            evmKeys.fundingAddress(),
                            evmKeys.refunderAddress(0),
                            evmKeys.redeemerAddress(0))) {
                SwapRig.this.evm.setBalance(gas, BigInteger.TEN.pow(18));
            }
            evm = EvmLedger.open(SwapRig.this.evm.rpc(), settings, evmKeys);
            var chain = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);
            utxo =
                    UtxoLedger.open(
                            SwapRig.this.utxo.rpc(),
                            chain,
                            UtxoKeys.of(seed(name + " utxo"), chain.chain()));
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
                    chain -> chain.equals(evm.chain()) ? evm : utxo,
                    _ -> Optional.of(secret()),
                    this::tell,
                    Signatures.REAL);
        }

        private void tell(PeerId to, TermsCodec.Told told) {
            var other = this == seller ? buyer : seller;
            assertThat(to).isEqualTo(other.keys.peerId());
            other.inbox.add(told);
        }

        Secret secret() {
            return new Secret(seed(name + " secret"));
        }

        private Optional<Swap> swap() {
            return engine().swaps().stream().findFirst();
        }

        boolean isOpen() {
            return !disk.isEmpty();
        }

        boolean hasLocked() {
            return swap().filter(BuyerSwap.Locked.class::isInstance).isPresent();
        }

        /// From now on it does nothing any more, if so.
        boolean gone(boolean from) {
            gone |= from;
            return gone;
        }

        Optional<Outcome> outcome() {
            return swap().flatMap(swap ->
                    switch (swap) {
                        case SellerSwap.Ended ended -> Optional.of(ended.outcome());
                        case BuyerSwap.Ended ended -> Optional.of(ended.outcome());
                        default -> Optional.empty();
                    });
        }

        private Ledger first() {
            return evmFirst ? evm : utxo;
        }

        private Ledger second() {
            return evmFirst ? utxo : evm;
        }

        private BigInteger balance(boolean ofA) throws LedgerException {
            return ofA == evmFirst ? evm.balance(tft) : utxo.balance(utxo.feeAsset());
        }

        private void act() {
            if (gone) {
                return;
            }
            while (!inbox.isEmpty()) {
                hear(inbox.removeFirst());
            }
            engine().look(now);
        }

        private void hear(TermsCodec.Told told) {
            try {
                if (told.message() instanceof SwapMessage.Accept accept && !isOpen()) {
                    countersign(accept);
                } else {
                    var other = this == seller ? buyer : seller;
                    engine().heard(other.keys.peerId(), told, now);
                }
            } catch (ProtocolException | LedgerException e) {
                throw new IllegalStateException(e);
            }
        }

        private void countersign(SwapMessage.Accept accept)
                throws ProtocolException, LedgerException {
            var terms = accept.terms();
            Deal.verify(
                    terms, accept.refA(), seller.keys.peerId(), accept.signed(), Signatures.REAL);
            var sold =
                    new Audit.Sold(
                            seed("window"),
                            terms.a().asset(),
                            amount(true),
                            terms.b().asset(),
                            amount(false),
                            100_000,
                            INDEX);
            assertThat(Audit.objection(terms, accept.refA(), sold, first(), second(), MARGINS, now))
                    .isEmpty();
            engine().open(new BuyerSwap.Countersigned(deal(terms, accept.refA())), now);
        }
    }

    private BigInteger amount(boolean ofA) {
        return BigInteger.valueOf(ofA == evmFirst ? TOKENS : LITECOINS);
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

    /// @param isGone whether one side is gone by now, asked after each step
    void run(BooleanSupplier isGone) throws LedgerException {
        var deadlines = Deadlines.of(now, MARGINS);
        var terms =
                new Terms(
                        seed("window"),
                        seller.keys.peerId(),
                        buyer.keys.peerId(),
                        leg(true, deadlines.refundA()),
                        leg(false, deadlines.refundB()),
                        seller.secret().hash(),
                        deadlines,
                        100_000,
                        now,
                        now.plus(MARGINS.handling()));
        var lock = seller.first().sign(terms.a(), terms.hash(), INDEX, List.of());
        seller.engine().open(new SellerSwap.Selected(deal(terms, lock.ref()), lock), now);
        for (int step = 0; step < STEPS_MAX && !isOver(); step++) {
            buyer.act();
            isGone.getAsBoolean();
            seller.act();
            isGone.getAsBoolean();
            pass();
        }
    }

    private boolean isOver() {
        return (seller.gone || seller.outcome().isPresent())
                && (buyer.gone || buyer.outcome().isPresent());
    }

    private Leg leg(boolean isA, Instant refundAt) throws LedgerException {
        var asset = isA == evmFirst ? tft : seller.utxo.feeAsset();
        var ledger = isA ? seller.first() : seller.second();
        return new Leg(
                asset,
                amount(isA),
                ledger.template(asset),
                isA ? buyer.first().party(INDEX) : seller.second().party(INDEX),
                isA ? seller.first().party(INDEX) : buyer.second().party(INDEX),
                refundAt,
                DEPTH);
    }

    /// Both chains' blocks say how a lock ended, under the name that the parties had for it, and
    /// say nothing of it before it was made.
    ///
    /// @param ofA whether it is the seller's
    void assertPast(boolean ofA, Party of, boolean redeemed) throws LedgerException {
        var deal = of.swap().orElseThrow().deal();
        var leg = ofA ? deal.terms().a() : deal.terms().b();
        var hash = deal.terms().hash();
        var ledger = ofA ? buyer.first() : seller.second();
        long since = ofA ? deal.sinceA() : deal.sinceB();
        var past = ledger.past(leg, hash, since, ledger.tip().height()).orElseThrow();
        assertThat(past.height()).isGreaterThan(since);
        var ending = past.ending().orElseThrow();
        assertThat(ending.redeemed()).isEqualTo(redeemed);
        assertThat(ledger.past(leg, hash, past.height(), ending.height() - 1).orElseThrow())
                .isEqualTo(new LockPast(past.ref(), past.height(), Optional.empty()));
        assertThat(ledger.past(leg, hash, since, past.height() - 1)).isEmpty();
        if (ofA) {
            assertThat(past.ref()).isEqualTo(deal.refA());
        }
    }

    /// Each has what the other had, but for fees.
    void assertSwapped() throws LedgerException {
        for (boolean ofA : new boolean[] {true, false}) {
            var got = (ofA ? buyer : seller).balance(ofA);
            assertThat(got).isLessThanOrEqualTo(amount(ofA)).isGreaterThan(most(ofA));
        }
    }

    /// This side has what it had, but for fees.
    void assertBack(Party party) throws LedgerException {
        var ofA = party == seller;
        assertThat(party.balance(ofA)).isGreaterThan(most(ofA));
    }

    private BigInteger most(boolean ofA) {
        return amount(ofA).multiply(BigInteger.valueOf(99)).divide(BigInteger.valueOf(100));
    }
}
