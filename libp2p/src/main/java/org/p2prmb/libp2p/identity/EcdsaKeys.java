package org.p2prmb.libp2p.identity;

import static org.p2prmb.libp2p.identity.EllipticCurve.P256;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

/// P-256 keys: a `SubjectPublicKeyInfo` in DER; an `ECPrivateKey` of RFC 5915 in DER.
final class EcdsaKeys {
    /// The DER of a `SubjectPublicKeyInfo` on the named curve P-256 up to its uncompressed point:
    /// the only form of such a key, so nothing needs to be parsed.
    private static final Bytes PREFIX =
            Bytes.hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private static final int POINT_BYTES = 65;
    private static final byte UNCOMPRESSED = 4;

    private static final Bytes VERSION = Bytes.hex("020101");
    private static final Bytes P256_OID = Bytes.hex("06082a8648ce3d030107");
    private static final int CURVE_TAG = 0xa0;
    private static final int PUBLIC_TAG = 0xa1;

    private EcdsaKeys() {}

    static Verifier verifier(Bytes raw) throws ProtocolException {
        if (raw.size() != PREFIX.size() + POINT_BYTES
                || !raw.slice(0, PREFIX.size()).equals(PREFIX)
                || raw.at(PREFIX.size()) != UNCOMPRESSED) {
            throw new ProtocolException("ECDSA public key is not one of P-256 in DER");
        }
        return P256.verifier(P256.point(raw.slice(PREFIX.size(), raw.size())));
    }

    /// Reads a private key; curve and public half may be left out and are written nevertheless.
    static PrivateKey decode(Bytes raw) throws ProtocolException {
        var whole = Der.of(raw);
        var der = whole.enter(Der.SEQUENCE);
        whole.requireEnd();
        der.skip(VERSION);
        var scalar = der.enter(Der.OCTET_STRING).rest();
        var secret = P256.scalar(scalar);
        var point = Bytes.wrap(P256.publicPoint(secret).getEncoded(false));
        if (der.startsWith(CURVE_TAG)) {
            var curve = der.enter(CURVE_TAG);
            curve.skip(P256_OID);
            curve.requireEnd();
        }
        if (der.startsWith(PUBLIC_TAG)) {
            requirePoint(der.enter(PUBLIC_TAG), point);
        }
        der.requireEnd();
        return new PrivateKey(PREFIX.concat(point), encode(scalar, point), P256.signer(secret));
    }

    private static void requirePoint(Der der, Bytes point) throws ProtocolException {
        var carried = der.bitString().rest();
        der.requireEnd();
        if (!carried.equals(point)) {
            throw new ProtocolException("ECDSA private key does not fit its public key");
        }
    }

    private static Bytes encode(Bytes scalar, Bytes point) {
        return Der.encode(
                Der.SEQUENCE,
                VERSION,
                Der.encode(Der.OCTET_STRING, scalar),
                Der.encode(CURVE_TAG, P256_OID),
                Der.encode(PUBLIC_TAG, Der.encode(Der.BIT_STRING, Bytes.hex("00"), point)));
    }
}
