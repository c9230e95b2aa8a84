package org.p2prmb.simulation.swap;

import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The keys of all parties, which are the same in each run: deriving them takes long.
final class Keyring {
    static final UtxoChain UTXO = UtxoChain.BITCOIN_REGTEST;

    private final Map<Bytes, EvmKeys> evm = new ConcurrentHashMap<>();
    private final Map<Bytes, EvmKeys> evmLocked = new ConcurrentHashMap<>();
    private final Map<Bytes, UtxoKeys> utxo = new ConcurrentHashMap<>();
    private final Map<Bytes, UtxoKeys> utxoLocked = new ConcurrentHashMap<>();

    EvmKeys evm(Bytes seed) {
        return evm.computeIfAbsent(seed, it -> EvmKeys.of(it, gas(it)));
    }

    private static Bytes gas(Bytes seed) {
        return Canonical.domain("simulated/gas").bytes(seed).sha256();
    }

    /// What a machine has while its owner's key is locked away.
    EvmKeys evmLocked(Bytes seed) {
        return evmLocked.computeIfAbsent(
                seed, it -> EvmKeys.gasOnly(evm(it).fundingAddress(), gas(it)));
    }

    UtxoKeys utxo(Bytes seed) {
        return utxo.computeIfAbsent(seed, it -> UtxoKeys.of(it, UTXO));
    }

    /// What a machine has while its owner's seed is locked away.
    UtxoKeys utxoLocked(Bytes seed) {
        return utxoLocked.computeIfAbsent(seed, it -> UtxoKeys.watching(utxo(it).publicHalves()));
    }
}
