package org.p2prmb.node.wallet;

import org.jspecify.annotations.Nullable;
import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.seed.SeedPhrase;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Secret;

import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// The keys of a wallet, all of which come from one seed; or, while that is locked away, what
/// finishes swaps without it.
///
/// ```text
/// seed (BIP 39)
/// +-- m/44'/60'/0'/0/0             the account that locks on EVM chains
/// +-- m/84'/coin'/0'/0/0           coins of Bitcoin's kind
/// +-- m/84'/coin'/1'/0/index       the party of a swap there
/// +-- SHA-256(rmb/wallet/gas/1)    the seed of the gas accounts
/// +-- SHA-256(rmb/wallet/secret/1, index)    the secret of a sale
/// ```
public final class WalletKeys {
    static final List<UtxoChain> UTXO_CHAINS =
            List.of(UtxoChain.BITCOIN, UtxoChain.BITCOIN_REGTEST, UtxoChain.LITECOIN);

    private final @Nullable Bytes seed;
    private final OpenKeys open;
    private final String why;

    private WalletKeys(@Nullable Bytes seed, OpenKeys open, String why) {
        this.seed = seed;
        this.open = open;
        this.why = why;
    }

    static WalletKeys of(SeedPhrase phrase) {
        var seed = phrase.seed();
        var gasSeed = Canonical.domain("rmb/wallet/gas/1").bytes(seed).sha256();
        var halves = new HashMap<Integer, Bytes>();
        for (var chain : UTXO_CHAINS) {
            halves.put(chain.coinType(), UtxoKeys.of(seed, chain).publicHalves());
        }
        var address = EvmKeys.of(seed, gasSeed).fundingAddress();
        return new WalletKeys(seed, new OpenKeys(address, gasSeed, halves), "");
    }

    /// @param why the seed is not at hand, in the owner's words
    static WalletKeys locked(OpenKeys open, String why) {
        return new WalletKeys(null, open, why);
    }

    /// Whether the seed is locked away.
    public boolean isLocked() {
        return seed == null;
    }

    /// Why the seed is not at hand; empty when it is.
    public String why() {
        return why;
    }

    /// The wallet's name: the address of the account that locks.
    public String address() {
        return EvmAddress.text(open.address());
    }

    OpenKeys open() {
        return open;
    }

    EvmKeys evm() {
        return seed == null ? open.evm() : EvmKeys.of(seed, open.gasSeed());
    }

    UtxoKeys utxo(UtxoChain chain) {
        return seed == null ? open.utxo(chain) : UtxoKeys.of(seed, chain);
    }

    /// Of the sale with this index; nothing while the seed is locked away.
    Optional<Secret> secret(long index) {
        return seed == null
                ? Optional.empty()
                : Optional.of(
                        new Secret(
                                Canonical.domain("rmb/wallet/secret/1")
                                        .bytes(seed)
                                        .longNumber(index)
                                        .sha256()));
    }

    @Override
    public String toString() {
        return "WalletKeys of " + address();
    }
}
