package org.p2prmb.cli;

import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.evm.EvmLedger;
import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.simulated.SimulatedEvm;
import org.p2prmb.ledgers.simulated.SimulatedUtxo;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.Secrets;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The chains of a demo, Bitcoin's kind and Ethereum's, simulated below the production ledgers, and
/// the one clock by which chains and traders live.
///
/// That clock stands still but for [#runTo] and [#pass]. Safe for many threads.
final class DemoChains implements AutoCloseable {
    static final Asset BTC = UtxoChain.BITCOIN_REGTEST.asset();

    private static final UtxoChain KIND = UtxoChain.BITCOIN_REGTEST;
    private static final Duration EVM_BLOCK = Duration.ofSeconds(12);
    private static final long CHAIN_ID = 31_337;
    private static final Bytes CONTRACT = address("rmb/demo/contract");

    static final Asset TFT =
            new Asset(EvmSettings.chain(CHAIN_ID), "TFT", address("rmb/demo/token"), 7);

    private static final EvmSettings EVM =
            new EvmSettings(
                    CHAIN_ID,
                    "ETH",
                    CONTRACT,
                    List.of(TFT),
                    4,
                    EVM_BLOCK,
                    EVM_BLOCK.multipliedBy(8),
                    BigInteger.TEN.pow(9));

    private static final BigInteger GAS = BigInteger.TEN.pow(18);

    /// So many blocks have a median time.
    private static final int OLD_BLOCKS = 12;

    /// What it all comes to is past by the true clock.
    private static final Duration AGO = Duration.ofDays(2);

    private static final Duration TICK = Duration.ofMillis(20);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SimulatedUtxo bitcoin;
    private final SimulatedEvm evm;
    private final Thread flow = Thread.ofVirtual().name("demo time").unstarted(this::flow);
    private Instant bitcoinBlock;
    private Instant evmBlock;
    private Instant limit;
    private volatile Instant now;

    private DemoChains(Instant start) {
        now = start;
        limit = start;
        bitcoinBlock = start;
        evmBlock = start;
        bitcoin = new SimulatedUtxo(KIND, start);
        evm = new SimulatedEvm(CHAIN_ID, CONTRACT, Map.of(TFT.token(), TFT.decimals()), start);
    }

    static DemoChains start() {
        var chains = new DemoChains(Instant.now().minus(AGO).truncatedTo(ChronoUnit.SECONDS));
        chains.pass(KIND.blockTime().multipliedBy(OLD_BLOCKS));
        chains.flow.start();
        return chains;
    }

    private static Bytes address(String domain) {
        return Canonical.domain(domain).sha256().slice(0, 20);
    }

    private void flow() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(TICK.toNanos());
            synchronized (this) {
                var next = now.plus(TICK);
                now = next.isBefore(limit) ? next : limit;
            }
        }
    }

    Instant now() {
        return now;
    }

    /// Has the clock go on until then, no faster than a true one.
    synchronized void runTo(Instant until) {
        limit = until.isAfter(now) ? until : now;
    }

    /// So much time passes at once, and both chains have the blocks of it. Then it stands still.
    synchronized void pass(Duration time) {
        now = now.plus(time);
        limit = now;
        for (; !now.isBefore(evmBlock.plus(EVM_BLOCK)); evmBlock = evmBlock.plus(EVM_BLOCK)) {
            evm.mine(evmBlock.plus(EVM_BLOCK));
        }
        var pace = KIND.blockTime();
        for (; !now.isBefore(bitcoinBlock.plus(pace)); bitcoinBlock = bitcoinBlock.plus(pace)) {
            bitcoin.mine(bitcoinBlock.plus(pace));
        }
    }

    /// Time passes until a chain of Ethereum's kind has a block of this moment or a later one.
    synchronized void passBlock(Instant from) {
        pass(Duration.between(now, from.isAfter(now) ? from : now).plus(EVM_BLOCK));
    }

    /// The time between two blocks of the slower chain.
    Duration block() {
        return KIND.blockTime();
    }

    /// A wallet with keys of its own, and with coins from the next block on.
    Wallet wallet(long satoshis, long tokenUnits) {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        var wallet = new Wallet(Bytes.wrap(bytes));
        if (satoshis > 0) {
            bitcoin.give(wallet.bitcoins.address(), satoshis);
        }
        evm.give(TFT.token(), wallet.keys.fundingAddress(), BigInteger.valueOf(tokenUnits));
        evm.give(Bytes.EMPTY, wallet.keys.fundingAddress(), GAS);
        for (int account = 0; account < EVM.gasAccounts(); account++) {
            evm.give(Bytes.EMPTY, wallet.keys.refunderAddress(account), GAS);
            evm.give(Bytes.EMPTY, wallet.keys.redeemerAddress(account), GAS);
        }
        return wallet;
    }

    /// The chains as one trader sees them, through nodes of its own.
    final class Wallet implements Chains {
        private final Bytes seed;
        private final EvmKeys keys;
        private final UtxoLedger bitcoins;
        private final EvmLedger tokens;

        private Wallet(Bytes seed) {
            this.seed = seed;
            keys = EvmKeys.of(seed, Canonical.domain("rmb/demo/gas").bytes(seed).sha256());
            try {
                bitcoins =
                        UtxoLedger.open(
                                bitcoin.node(), UtxoSettings.of(KIND), UtxoKeys.of(seed, KIND));
                tokens = EvmLedger.open(evm.node(), EVM, keys);
            } catch (LedgerException e) {
                throw new IllegalStateException("a node that is up", e);
            }
        }

        /// Confirmed, in whole units of the coin.
        BigInteger balance(Asset asset) {
            try {
                return ledger(asset.chain()).balance(asset);
            } catch (LedgerException e) {
                throw new IllegalStateException("a node that is up", e);
            }
        }

        @Override
        public List<Asset> assets() {
            return List.of(BTC, TFT);
        }

        @Override
        public Ledger ledger(String chain) throws LedgerException {
            if (chain.equals(BTC.chain())) {
                return bitcoins;
            }
            if (chain.equals(TFT.chain())) {
                return tokens;
            }
            throw new LedgerException("no node of " + chain);
        }

        @Override
        public Secrets secrets() {
            return index ->
                    Optional.of(
                            new Secret(
                                    Canonical.domain("rmb/demo/secret")
                                            .bytes(seed)
                                            .longNumber(index)
                                            .sha256()));
        }

        @Override
        public InstantSource clock() {
            return DemoChains.this::now;
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        flow.interrupt();
    }
}
