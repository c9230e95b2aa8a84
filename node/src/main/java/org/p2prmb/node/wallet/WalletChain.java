package org.p2prmb.node.wallet;

import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.evm.EvmLedger;
import org.p2prmb.ledgers.evm.EvmPurse;
import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.node.config.ChainConfig;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Purse;

import java.time.InstantSource;
import java.util.Optional;

/// One chain of a wallet. Its node may be away, at the start too.
final class WalletChain implements AutoCloseable {
    private final ChainConfig config;
    private final Optional<WalletKeys> keys;
    private final JsonRpc rpc;
    private final Retried<Ledger> ledger;
    private final Retried<Purse> purse;

    /// Throws `UserException` when the file with the node's password cannot be read.
    ///
    /// @param clock by which a node that is away is tried again
    WalletChain(ChainConfig config, Optional<WalletKeys> keys, InstantSource clock) {
        this.config = config;
        this.keys = keys;
        var node = config.node();
        this.rpc = new JsonRpc(node.address(), node.credentials(), node.limit());
        this.ledger = new Retried<>(this::openLedger, clock);
        this.purse = new Retried<>(this::openPurse, clock);
    }

    ChainConfig config() {
        return config;
    }

    Ledger ledger() throws LedgerException {
        return ledger.get();
    }

    Purse purse() throws LedgerException {
        return purse.get();
    }

    /// Where the wallet is paid; no node is asked.
    String address() throws LedgerException {
        var wallet = keys();
        return switch (config) {
            case ChainConfig.Evm _ -> EvmAddress.text(wallet.evm().fundingAddress());
            case ChainConfig.Utxo utxo -> {
                var chain = utxo.settings().chain();
                yield wallet.utxo(chain).address(chain);
            }
        };
    }

    private Ledger openLedger() throws LedgerException {
        var wallet = keys();
        if (!config.isReady()) {
            throw new LedgerException(
                    "no contract is named for %s: make one with 'rmb wallet deploy --chain %s'"
                            .formatted(config.name(), config.name()));
        }
        return switch (config) {
            case ChainConfig.Evm evm -> EvmLedger.open(rpc, evm.settings(), wallet.evm());
            case ChainConfig.Utxo utxo ->
                    UtxoLedger.open(rpc, utxo.settings(), wallet.utxo(utxo.settings().chain()));
        };
    }

    private Purse openPurse() throws LedgerException {
        return switch (config) {
            case ChainConfig.Evm evm -> EvmPurse.open(rpc, evm.settings(), keys().evm());
            case ChainConfig.Utxo _ -> ((UtxoLedger) ledger()).purse();
        };
    }

    private WalletKeys keys() throws LedgerException {
        return keys.orElseThrow(() ->
                new LedgerException(
                        "there is no wallet yet: make one with 'rmb wallet create', then start the"
                                + " agent again"));
    }

    @Override
    public void close() {
        rpc.close();
    }
}
