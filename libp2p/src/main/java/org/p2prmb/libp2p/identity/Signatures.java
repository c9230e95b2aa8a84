package org.p2prmb.libp2p.identity;

import org.p2prmb.libp2p.core.Bytes;

/// How statements are signed and verified: [#REAL] everywhere but in simulations of many agents,
/// which may put a keyed hash of the same length in its place.
public interface Signatures {
    /// The signatures of the keys themselves.
    Signatures REAL =
            new Signatures() {
                @Override
                public Bytes sign(KeyPair keys, Bytes message) {
                    return keys.sign(message);
                }

                @Override
                public boolean verify(PublicKey signer, Bytes message, Bytes signature) {
                    return signer.verify(message, signature);
                }
            };

    Bytes sign(KeyPair keys, Bytes message);

    /// False for every signature that `signer` did not make over `message`, and for malformed ones.
    boolean verify(PublicKey signer, Bytes message, Bytes signature);
}
