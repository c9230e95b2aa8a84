package org.p2prmb.simulation.swap;

import org.p2prmb.ledgers.evm.EvmLedger;
import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.simulated.SimulatedChain;
import org.p2prmb.ledgers.simulated.SimulatedEvm;
import org.p2prmb.ledgers.simulated.SimulatedNode;
import org.p2prmb.ledgers.simulated.SimulatedUtxo;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// One of the two chains of a swap, and what is usual there.
sealed interface Chain {
    SimulatedChain blocks();

    Duration block();

    /// In which a transaction that pays what is asked is at the latest.
    int confirmBlocks();

    /// Blocks after which a lock counts.
    int depth();

    /// Of one swap.
    BigInteger amount();

    /// A wallet of the production ledgers.
    ///
    /// @param isLocked whether its owner's key is locked away
    Ledger wallet(Bytes seed, SimulatedNode node, boolean isLocked) throws LedgerException;

    /// Gives a wallet coins for so many swaps, in so many coins where the chain has such.
    void give(Bytes seed, double swaps, int coins);

    /// With a block each 15 seconds.
    record Quick(SimulatedEvm blocks, Keyring keyring) implements Chain {
        private static final long CHAIN_ID = 31_337;
        private static final Bytes CONTRACT =
                Canonical.domain("simulated/contract").sha256().slice(0, 20);
        private static final Duration BLOCK = Duration.ofSeconds(15);
        private static final int CONFIRM_BLOCKS = 8;
        private static final int GAS_ACCOUNTS = 4;

        /// No unit more than a swap is begun with.
        private static final BigInteger GAS =
                BigInteger.valueOf(16 * 3 * 150_000).multiply(BigInteger.TEN.pow(9));

        private static final EvmSettings SETTINGS =
                new EvmSettings(
                        CHAIN_ID,
                        "QUICK",
                        CONTRACT,
                        List.of(),
                        GAS_ACCOUNTS,
                        BLOCK,
                        BLOCK.multipliedBy(CONFIRM_BLOCKS),
                        BigInteger.TEN.pow(9));

        Quick(Keyring keyring, Instant start) {
            this(new SimulatedEvm(CHAIN_ID, CONTRACT, Map.of(), start), keyring);
        }

        @Override
        public Duration block() {
            return BLOCK;
        }

        @Override
        public int confirmBlocks() {
            return CONFIRM_BLOCKS;
        }

        @Override
        public int depth() {
            return 12;
        }

        @Override
        public BigInteger amount() {
            return BigInteger.TEN.pow(18);
        }

        @Override
        public Ledger wallet(Bytes seed, SimulatedNode node, boolean isLocked)
                throws LedgerException {
            return EvmLedger.open(
                    node, SETTINGS, isLocked ? keyring.evmLocked(seed) : keyring.evm(seed));
        }

        @Override
        public void give(Bytes seed, double swaps, int coins) {
            var keys = keyring.evm(seed);
            var percent = BigInteger.valueOf(Math.round(100 * swaps));
            var all = amount().multiply(percent).divide(BigInteger.valueOf(100));
            blocks.give(Bytes.EMPTY, keys.fundingAddress(), all);
            for (int account = 0; account < GAS_ACCOUNTS; account++) {
                blocks.give(Bytes.EMPTY, keys.refunderAddress(account), GAS);
                blocks.give(Bytes.EMPTY, keys.redeemerAddress(account), GAS);
            }
        }
    }

    /// With a block each ten minutes, and Bitcoin's median time.
    record Slow(SimulatedUtxo blocks, Keyring keyring) implements Chain {
        private static final UtxoChain KIND = Keyring.UTXO;
        private static final int CONFIRM_BLOCKS = 4;
        private static final int RATE_MAX = 500;
        private static final UtxoSettings SETTINGS =
                new UtxoSettings(KIND, KIND.blockTime().multipliedBy(CONFIRM_BLOCKS), RATE_MAX);

        Slow(Keyring keyring, Instant start) {
            this(new SimulatedUtxo(KIND, start), keyring);
        }

        @Override
        public Duration block() {
            return KIND.blockTime();
        }

        @Override
        public int confirmBlocks() {
            return CONFIRM_BLOCKS;
        }

        @Override
        public int depth() {
            return 3;
        }

        @Override
        public BigInteger amount() {
            return BigInteger.valueOf(10_000_000);
        }

        @Override
        public Ledger wallet(Bytes seed, SimulatedNode node, boolean isLocked)
                throws LedgerException {
            return UtxoLedger.open(
                    node, SETTINGS, isLocked ? keyring.utxoLocked(seed) : keyring.utxo(seed));
        }

        @Override
        public void give(Bytes seed, double swaps, int coins) {
            try {
                var wallet = (UtxoLedger) wallet(seed, blocks.node(), false);
                for (int coin = 0; coin < coins; coin++) {
                    blocks.give(
                            wallet.address(),
                            Math.round(amount().longValueExact() * swaps / coins));
                }
            } catch (LedgerException e) {
                throw new IllegalStateException("a node that is up", e);
            }
        }
    }
}
