package org.p2prmb.ledgers.evm;

import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.crypto.ECKey;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;

/// The key of one account.
final class EvmKey {
    static final int ADDRESS_BYTES = 20;

    private final ECKey key;
    private final Bytes address;

    EvmKey(ECKey key) {
        this.key = key;
        var point = Bytes.wrap(key.getPubKeyPoint().getEncoded(false));
        var hash = Keccak.of(point.slice(1, point.size()));
        this.address = hash.slice(hash.size() - ADDRESS_BYTES, hash.size());
    }

    Bytes address() {
        return address;
    }

    /// @param parity which of two points the signature was made with, so that the key follows
    record Signature(int parity, BigInteger r, BigInteger s) {}

    /// The same each time for the same digest, and in the lower half, as RFC 6979 and EIP-2 say.
    Signature sign(Bytes digest) {
        var hash = Sha256Hash.wrap(digest.unsafeArray()); // Its name for any 32 bytes.
        var signature = key.sign(hash);
        return new Signature(key.findRecoveryId(hash, signature), signature.r, signature.s);
    }

    @Override
    public String toString() {
        return address.toHex();
    }
}
