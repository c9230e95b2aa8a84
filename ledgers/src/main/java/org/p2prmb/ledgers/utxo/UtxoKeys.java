package org.p2prmb.ledgers.utxo;

import org.bitcoinj.crypto.ChildNumber;
import org.bitcoinj.crypto.DeterministicKey;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.HDKeyDerivation;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

/// The keys of one wallet, after BIP 84: `m/84'/coin'/0'/0/0` holds the coins, and
/// `m/84'/coin'/1'/0/index` is the party of the swap with this index. Their public halves are
/// enough for all but signing, and a machine may keep them while the owner's seed is locked away.
public final class UtxoKeys {
    private static final int KEY_BYTES = 33;
    private static final int CHAIN_CODE_BYTES = 32;

    private static final int SEED_BYTES_MIN = 16;
    private static final int SEED_BYTES_MAX = 64;

    private final ECKey coins;
    private final DeterministicKey parties;

    private UtxoKeys(ECKey coins, DeterministicKey parties) {
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

    /// The public halves, of [#publicHalves].
    public static UtxoKeys watching(Bytes publicHalves) {
        Limits.require(
                publicHalves.size() == 2 * KEY_BYTES + CHAIN_CODE_BYTES,
                "the public halves of a wallet have 98 bytes");
        return new UtxoKeys(
                ECKey.fromPublicOnly(publicHalves.slice(0, KEY_BYTES).toArray()),
                HDKeyDerivation.createMasterPubKeyFromBytes(
                        publicHalves.slice(KEY_BYTES, 2 * KEY_BYTES).toArray(),
                        publicHalves.slice(2 * KEY_BYTES, publicHalves.size()).toArray()));
    }

    /// What [#watching] needs: it tells which coins are ours, and spends none.
    public Bytes publicHalves() {
        return Bytes.copyOf(coins.getPubKey())
                .concat(Bytes.copyOf(parties.getPubKey()))
                .concat(Bytes.copyOf(parties.getChainCode()));
    }

    /// Where coins to be swapped are, as people write it.
    public String address(UtxoChain chain) {
        return chain.address(Bytes.wrap(coins.getPubKeyHash()));
    }

    private static DeterministicKey account(DeterministicKey coin, int number) {
        var account = HDKeyDerivation.deriveChildKey(coin, new ChildNumber(number, true));
        return child(account, 0);
    }

    private static DeterministicKey child(DeterministicKey of, int number) {
        return HDKeyDerivation.deriveChildKey(of, number);
    }

    boolean canSign() {
        return coins.hasPrivKey();
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
