package org.p2prmb.ledgers.utxo;

import org.bitcoinj.crypto.ChildNumber;
import org.bitcoinj.crypto.DeterministicKey;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.HDKeyDerivation;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

/// The keys of one wallet, after BIP 84: `m/84'/coin'/0'/0/0` holds the coins, and
/// `m/84'/coin'/1'/0/index` is the party of the swap with this index.
public final class UtxoKeys {
    private static final int SEED_BYTES_MIN = 16;
    private static final int SEED_BYTES_MAX = 64;

    private final DeterministicKey coins;
    private final DeterministicKey parties;

    private UtxoKeys(DeterministicKey coins, DeterministicKey parties) {
        this.coins = coins;
        this.parties = parties;
    }

    public static UtxoKeys of(Bytes seed, UtxoChain chain) {
        Limits.require(
                seed.size() >= SEED_BYTES_MIN && seed.size() <= SEED_BYTES_MAX,
                "a seed has 16 to 64 bytes");
        var master = HDKeyDerivation.createMasterPrivateKey(seed.toArray());
        var purpose = HDKeyDerivation.deriveChildKey(master, ChildNumber.PURPOSE_BIP84);
        var coin = HDKeyDerivation.deriveChildKey(purpose, new ChildNumber(chain.coinType(), true));
        return new UtxoKeys(child(account(coin, 0), 0), account(coin, 1));
    }

    private static DeterministicKey account(DeterministicKey coin, int number) {
        var account = HDKeyDerivation.deriveChildKey(coin, new ChildNumber(number, true));
        return child(account, 0);
    }

    private static DeterministicKey child(DeterministicKey of, int number) {
        return HDKeyDerivation.deriveChildKey(of, number);
    }

    /// Where coins to be swapped are, and where redeemed and refunded ones and change go.
    ECKey coins() {
        return coins;
    }

    ECKey party(long index) {
        Limits.require(index >= 0 && index <= Integer.MAX_VALUE, "an index is below 2^31");
        return child(parties, (int) index);
    }
}
