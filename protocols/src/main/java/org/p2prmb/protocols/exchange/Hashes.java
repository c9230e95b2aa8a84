package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

/// The 32 bytes of hashes, nonces and names of offers.
final class Hashes {
    static final int BYTES = 32;

    private Hashes() {}

    /// Throws `IllegalArgumentException` when it is not 32 bytes.
    static void require(Bytes hash, String what) {
        Limits.require(hash.size() == BYTES, what + " is not 32 bytes");
    }
}
