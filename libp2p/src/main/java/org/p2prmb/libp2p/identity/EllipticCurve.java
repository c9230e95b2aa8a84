package org.p2prmb.libp2p.identity;

import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.math.BigInteger;

/// ECDSA over SHA-256 on one of the two curves of libp2p, with signatures in DER.
///
/// Nonces are deterministic (RFC 6979) and our `s` is the low one; others' high `s` is accepted,
/// as it is by the other stacks.
final class EllipticCurve {
    static final EllipticCurve SECP256K1 = new EllipticCurve("secp256k1");
    static final EllipticCurve P256 = new EllipticCurve("P-256");
    static final int SCALAR_BYTES = 32;

    /// Two integers of at most 33 bytes with their headers, and the header of the sequence.
    private static final int SIGNATURE_BYTES_MAX = 2 * (2 + 33) + 2;

    private final String name;
    private final ECDomainParameters domain;

    private EllipticCurve(String name) {
        X9ECParameters curve = CustomNamedCurves.getByName(name);
        this.name = name;
        this.domain = new ECDomainParameters(curve);
    }

    /// Reads a point, compressed or not; throws when it is not on the curve or infinite.
    ECPoint point(Bytes encoded) throws ProtocolException {
        try {
            return domain.validatePublicPoint(domain.getCurve().decodePoint(encoded.unsafeArray()));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("public key is not a point of " + name, e);
        }
    }

    /// Reads a secret number; throws unless it is 1 to the curve's order minus 1.
    BigInteger scalar(Bytes raw) throws ProtocolException {
        var secret = new BigInteger(1, raw.unsafeArray());
        if (raw.size() != SCALAR_BYTES
                || secret.signum() == 0
                || secret.compareTo(domain.getN()) >= 0) {
            throw new ProtocolException("private key is not a number of " + name);
        }
        return secret;
    }

    ECPoint publicPoint(BigInteger secret) {
        return new FixedPointCombMultiplier().multiply(domain.getG(), secret).normalize();
    }

    Verifier verifier(ECPoint point) {
        var key = new ECPublicKeyParameters(point, domain);
        return (message, signature) -> verify(key, message, signature);
    }

    private boolean verify(ECPublicKeyParameters key, byte[] message, byte[] signature) {
        if (signature.length > SIGNATURE_BYTES_MAX) {
            return false;
        }
        try {
            var whole = Der.of(Bytes.wrap(signature));
            var numbers = whole.enter(Der.SEQUENCE);
            whole.requireEnd();
            var r = numbers.integer();
            var s = numbers.integer();
            numbers.requireEnd();
            var signer = new ECDSASigner();
            signer.init(false, key);
            return signer.verifySignature(Sha256.of(message), r, s);
        } catch (ProtocolException e) {
            return false;
        }
    }

    Signer signer(BigInteger secret) {
        var key = new ECPrivateKeyParameters(secret, domain);
        return message -> sign(key, message);
    }

    private byte[] sign(ECPrivateKeyParameters key, byte[] message) {
        var signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, key);
        var numbers = signer.generateSignature(Sha256.of(message));
        var low = numbers[1].min(domain.getN().subtract(numbers[1]));
        return Der.encode(Der.SEQUENCE, Der.encode(numbers[0]), Der.encode(low)).toArray();
    }
}
