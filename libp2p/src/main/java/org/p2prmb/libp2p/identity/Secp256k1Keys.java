package org.p2prmb.libp2p.identity;

import static org.p2prmb.libp2p.identity.EllipticCurve.SECP256K1;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

/// secp256k1 keys: a compressed point of 33 bytes; a private number of 32.
final class Secp256k1Keys {
    private static final int PUBLIC_BYTES = 33;

    private Secp256k1Keys() {}

    static Verifier verifier(Bytes raw) throws ProtocolException {
        if (raw.size() != PUBLIC_BYTES) {
            throw new ProtocolException("secp256k1 public key is not a compressed point");
        }
        return SECP256K1.verifier(SECP256K1.point(raw));
    }

    static PrivateKey decode(Bytes raw) throws ProtocolException {
        var secret = SECP256K1.scalar(raw);
        var publicRaw = Bytes.wrap(SECP256K1.publicPoint(secret).getEncoded(true));
        return new PrivateKey(publicRaw, raw, SECP256K1.signer(secret));
    }
}
