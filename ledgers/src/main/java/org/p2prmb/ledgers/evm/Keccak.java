package org.p2prmb.ledgers.evm;

import org.bouncycastle.crypto.digests.KeccakDigest;
import org.p2prmb.libp2p.core.Bytes;

/// Keccak-256, by which these chains name transactions, accounts and functions.
public final class Keccak {
    private static final int BITS = 256;

    private Keccak() {}

    public static Bytes of(Bytes data) {
        var digest = new KeccakDigest(BITS);
        digest.update(data.unsafeArray(), 0, data.size());
        var hash = new byte[BITS / Byte.SIZE];
        digest.doFinal(hash, 0);
        return Bytes.wrap(hash);
    }
}
