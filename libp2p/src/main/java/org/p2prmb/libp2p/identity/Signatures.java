package org.p2prmb.libp2p.identity;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

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

    /// Reads a signer's key as [PublicKey#decode] does; who meets the same keys again and again may
    /// remember them.
    default PublicKey decodeKey(Bytes encoded) throws ProtocolException {
        return PublicKey.decode(encoded);
    }

    Bytes sign(KeyPair keys, Bytes message);

    /// False for every signature that `signer` did not make over `message`, and for malformed ones.
    boolean verify(PublicKey signer, Bytes message, Bytes signature);
}
