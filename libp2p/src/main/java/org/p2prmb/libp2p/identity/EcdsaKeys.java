package org.p2prmb.libp2p.identity;

import static org.p2prmb.libp2p.identity.EllipticCurve.P256;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

/// P-256 keys: a `SubjectPublicKeyInfo` in DER; an `ECPrivateKey` of RFC 5915 in DER.
final class EcdsaKeys {
    /// The DER of a `SubjectPublicKeyInfo` on the named curve P-256 up to its uncompressed point:
    /// the only form of such a key, so nothing needs to be parsed.
    private static final Bytes PREFIX =
            Bytes.hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private static final int POINT_BYTES = 65;
    private static final int ORDER_BITS = 256;
    private static final int PRIVATE_BYTES_MAX = 256;

    private EcdsaKeys() {}

    static Verifier verifier(Bytes raw) throws ProtocolException {
        if (raw.size() != PREFIX.size() + POINT_BYTES
                || !raw.slice(0, PREFIX.size()).equals(PREFIX)
                || raw.at(PREFIX.size()) != 4) {
            throw new ProtocolException("ECDSA public key is not one of P-256 in DER");
        }
        return P256.verifier(P256.point(raw.slice(PREFIX.size(), raw.size())));
    }

    static PrivateKey decode(Bytes raw) throws ProtocolException {
        if (raw.size() > PRIVATE_BYTES_MAX) {
            throw new ProtocolException("ECDSA private key of " + raw.size() + " bytes");
        }
        try {
            return decode(ECPrivateKey.getInstance(raw.toArray()));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("ECDSA private key is not DER of RFC 5915", e);
        }
    }

    private static PrivateKey decode(ECPrivateKey der) throws ProtocolException {
        var curve = der.getParametersObject();
        if (curve != null && !X9ObjectIdentifiers.prime256v1.equals(curve)) {
            throw new ProtocolException("ECDSA private key is not of P-256");
        }
        var secret = der.getKey();
        P256.scalar(EllipticCurve.scalarBytes(secret));
        var point = P256.publicPoint(secret).getEncoded(false);
        ASN1BitString carried = der.getPublicKey();
        var derived = new DERBitString(point);
        if (carried != null && !derived.equals(carried)) {
            throw new ProtocolException("ECDSA private key does not fit its public key");
        }
        var canonical =
                new ECPrivateKey(ORDER_BITS, secret, derived, X9ObjectIdentifiers.prime256v1);
        try {
            return new PrivateKey(
                    PREFIX.concat(Bytes.wrap(point)),
                    Bytes.wrap(canonical.getEncoded(ASN1Encoding.DER)),
                    P256.signer(secret));
        } catch (IOException e) {
            throw new IllegalStateException("cannot encode a key in memory", e);
        }
    }
}
