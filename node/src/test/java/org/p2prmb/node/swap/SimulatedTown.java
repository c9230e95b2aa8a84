package org.p2prmb.node.swap;

import org.p2prmb.ledgers.simulated.SimulatedUtxo;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.Secrets;
import org.p2prmb.protocols.swap.SignedTx;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Two chains, and the one clock that all live by. Safe for many threads.
public final class SimulatedTown {
    public static final Asset GOLD = UtxoChain.BITCOIN_REGTEST.asset();
    public static final Asset CORN = UtxoChain.LITECOIN_REGTEST.asset();

    private static final Duration BLOCK = Duration.ofMinutes(2);
    private static final long COINS = 10_000_000;
    private static final int COINS_EACH = 4;

    /// Whether a lock's name follows from its terms, as that of a contract does.
    volatile boolean named;

    private volatile Instant now;
    private final SimulatedUtxo gold;
    private final SimulatedUtxo corn;

    public SimulatedTown(Instant start) {
        now = start;
        gold = new SimulatedUtxo(UtxoChain.BITCOIN_REGTEST, now);
        corn = new SimulatedUtxo(UtxoChain.LITECOIN_REGTEST, now);
    }

    /// A block on each chain.
    public synchronized void pass() {
        now = now.plus(BLOCK);
        gold.mine(now);
        corn.mine(now);
    }

    public Instant now() {
        return now;
    }

    /// The clock alone.
    public synchronized void skip(Duration time) {
        now = now.plus(time);
    }

    SimulatedUtxo gold() {
        return gold;
    }

    SimulatedUtxo corn() {
        return corn;
    }

    /// The wallet of one agent, with coins on both chains.
    public synchronized Wallet wallet(String name) {
        var wallet = new Wallet(name);
        for (int coin = 0; coin < COINS_EACH; coin++) {
            gold.give(wallet.goldAddress, COINS);
            corn.give(wallet.cornAddress, 10 * COINS);
        }
        gold.mine(now);
        corn.mine(now);
        return wallet;
    }

    /// Chains as an agent sees them, whose keys can be locked, and whose nodes can be broken.
    public final class Wallet implements Chains {
        final List<SignedTx> sent = new CopyOnWriteArrayList<>();
        final Map<Asset, Amount> holdMax = new ConcurrentHashMap<>();
        final Set<String> broken = ConcurrentHashMap.newKeySet();
        volatile boolean locked;
        volatile boolean withoutGas;
        private final AtomicInteger tips = new AtomicInteger();

        private final Bytes seed;
        private final String goldAddress;
        private final String cornAddress;
        private final Ledger goldLedger;
        private final Ledger cornLedger;

        private Wallet(String name) {
            seed = Canonical.domain("test/wallet").text(name).sha256();
            var ofGold = ledger(UtxoChain.BITCOIN_REGTEST, gold);
            var ofCorn = ledger(UtxoChain.LITECOIN_REGTEST, corn);
            goldAddress = ofGold.address();
            cornAddress = ofCorn.address();
            goldLedger = guarded(ofGold);
            cornLedger = guarded(ofCorn);
        }

        private UtxoLedger ledger(UtxoChain kind, SimulatedUtxo chain) {
            try {
                return UtxoLedger.open(
                        chain.node(), UtxoSettings.of(kind), UtxoKeys.of(seed, kind));
            } catch (LedgerException e) {
                throw new IllegalStateException(e);
            }
        }

        /// The chains belong to one thread at a time; keys that are locked sign nothing.
        private Ledger guarded(Ledger ledger) {
            return (Ledger)
                    Proxy.newProxyInstance(
                            Ledger.class.getClassLoader(),
                            new Class<?>[] {Ledger.class},
                            (_, method, arguments) -> {
                                if (locked && method.getName().matches("sign|presignRedeem")) {
                                    throw new LedgerException("the keys are locked");
                                }
                                if (withoutGas && method.getName().equals("unpayable")) {
                                    return Optional.of("no gas for the redeem");
                                }
                                if (method.getName().equals("tip")) {
                                    tips.incrementAndGet();
                                }
                                if (method.getName().equals("send")) {
                                    sent.add((SignedTx) arguments[0]);
                                }
                                try {
                                    synchronized (SimulatedTown.this) {
                                        if (named && method.getName().equals("predict")) {
                                            return name(
                                                    ledger,
                                                    (Leg) arguments[0],
                                                    (Bytes) arguments[1]);
                                        }
                                        return method.invoke(ledger, arguments);
                                    }
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
        }

        /// Nobody tells names here: they are looked up once they are there.
        private static Optional<Bytes> name(Ledger ledger, Leg leg, Bytes hash)
                throws LedgerException {
            return ledger.past(leg, hash, 0, ledger.tip().height()).map(LockPast::ref);
        }

        /// How often its owner has asked a chain how far it is: twice at each look at a swap.
        public int tips() {
            return tips.get();
        }

        @Override
        public List<Asset> assets() {
            return new ArrayList<>(List.of(GOLD, CORN));
        }

        @Override
        public Ledger ledger(String chain) throws LedgerException {
            if (broken.contains(chain)) {
                throw new LedgerException("the node of %s is broken".formatted(chain));
            }
            if (chain.equals(GOLD.chain())) {
                return goldLedger;
            }
            if (chain.equals(CORN.chain())) {
                return cornLedger;
            }
            throw new LedgerException("no node of " + chain);
        }

        @Override
        public Secrets secrets() {
            return index ->
                    locked
                            ? Optional.empty()
                            : Optional.of(
                                    new Secret(
                                            Canonical.domain("test/secret")
                                                    .bytes(seed)
                                                    .longNumber(index)
                                                    .sha256()));
        }

        @Override
        public Optional<Amount> holdMax(Asset asset) {
            return Optional.ofNullable(holdMax.get(asset));
        }

        @Override
        public InstantSource clock() {
            return SimulatedTown.this::now;
        }

        @Override
        public void close() {}
    }
}
