package org.p2prmb.ledgers.simulated;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Secret;

/// Whether some bytes are the secret of a lock.
final class Preimage {
    private Preimage() {}

    static boolean opens(Bytes shown, Bytes hash) {
        return shown.size() == Secret.BYTES && new Secret(shown).opens(hash);
    }
}
