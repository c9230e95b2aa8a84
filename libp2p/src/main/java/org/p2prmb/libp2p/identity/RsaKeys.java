package org.p2prmb.libp2p.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

/// RSA keys: a `SubjectPublicKeyInfo` in DER; a private key of PKCS#1 in DER.
///
/// Sizes are checked before any arithmetic: a huge modulus or exponent would let a peer burn our
/// CPU (CVE-2023-39533).
final class RsaKeys {
    static final int MODULUS_BITS_MIN = 2048;
    static final int MODULUS_BITS_MAX = 8192;

    /// The modulus and 128 bytes for the exponent and the headers.
    static final int PUBLIC_BYTES_MAX = MODULUS_BITS_MAX / 8 + 128;

    private static final int EXPONENT_BITS_MAX = 31;
    private static final int PRIVATE_BYTES_MAX = 5 * MODULUS_BITS_MAX / 8;
    private static final AlgorithmIdentifier ALGORITHM =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);

    private RsaKeys() {}

    static Verifier verifier(Bytes raw) throws ProtocolException {
        if (raw.size() > PUBLIC_BYTES_MAX) {
            throw new ProtocolException("RSA public key of " + raw.size() + " bytes");
        }
        var numbers = decodePublic(raw);
        var modulus = numbers.getModulus();
        var exponent = numbers.getPublicExponent();
        requireSizes(modulus, exponent);
        if (!encodePublic(modulus, exponent).equals(raw)) {
            throw new ProtocolException("RSA public key is not in its DER form");
        }
        return verifier(modulus, exponent);
    }

    private static RSAPublicKey decodePublic(Bytes raw) throws ProtocolException {
        try {
            var info = SubjectPublicKeyInfo.getInstance(raw.toArray());
            return RSAPublicKey.getInstance(info.parsePublicKey());
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new ProtocolException("RSA public key is not DER", e);
        }
    }

    private static void requireSizes(BigInteger modulus, BigInteger exponent)
            throws ProtocolException {
        int bits = modulus.bitLength();
        if (modulus.signum() <= 0 || bits < MODULUS_BITS_MIN || bits > MODULUS_BITS_MAX) {
            throw new ProtocolException(
                    "RSA key of %d bits, not %d to %d"
                            .formatted(bits, MODULUS_BITS_MIN, MODULUS_BITS_MAX));
        }
        if (exponent.compareTo(BigInteger.TWO) <= 0
                || exponent.bitLength() > EXPONENT_BITS_MAX
                || !exponent.testBit(0)
                || !modulus.testBit(0)) {
            throw new ProtocolException("RSA key with an impossible exponent or modulus");
        }
    }

    private static Verifier verifier(BigInteger modulus, BigInteger exponent)
            throws ProtocolException {
        try {
            var key =
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(modulus, exponent));
            return (message, signature) -> verify(key, message, signature);
        } catch (GeneralSecurityException e) {
            throw new ProtocolException("RSA public key is refused", e);
        }
    }

    private static boolean verify(
            java.security.PublicKey key, byte[] message, byte[] signature) {
        try {
            var engine = engine();
            engine.initVerify(key);
            engine.update(message);
            return engine.verify(signature);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a checked RSA key is refused", e);
        }
    }

    private static Signature engine() throws GeneralSecurityException {
        return Signature.getInstance("SHA256withRSA");
    }

    static PrivateKey decode(Bytes raw) throws ProtocolException {
        if (raw.size() > PRIVATE_BYTES_MAX) {
            throw new ProtocolException("RSA private key of " + raw.size() + " bytes");
        }
        try {
            return decode(RSAPrivateKey.getInstance(raw.toArray()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ProtocolException("RSA private key is not DER of PKCS#1", e);
        }
    }

    private static PrivateKey decode(RSAPrivateKey der) throws ProtocolException {
        requireSizes(der.getModulus(), der.getPublicExponent());
        if (!der.getPrime1().multiply(der.getPrime2()).equals(der.getModulus())) {
            throw new ProtocolException("RSA private key does not fit its public key");
        }
        var spec =
                new RSAPrivateCrtKeySpec(
                        der.getModulus(),
                        der.getPublicExponent(),
                        der.getPrivateExponent(),
                        der.getPrime1(),
                        der.getPrime2(),
                        der.getExponent1(),
                        der.getExponent2(),
                        der.getCoefficient());
        try {
            var key = KeyFactory.getInstance("RSA").generatePrivate(spec);
            return new PrivateKey(
                    encodePublic(der.getModulus(), der.getPublicExponent()),
                    encode(der),
                    message -> sign(key, message));
        } catch (GeneralSecurityException e) {
            throw new ProtocolException("RSA private key is refused", e);
        }
    }

    private static byte[] sign(java.security.PrivateKey key, byte[] message) {
        try {
            var engine = engine();
            engine.initSign(key);
            engine.update(message);
            return engine.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with our RSA key", e);
        }
    }

    private static Bytes encodePublic(BigInteger modulus, BigInteger exponent) {
        try {
            var info = new SubjectPublicKeyInfo(ALGORITHM, new RSAPublicKey(modulus, exponent));
            return encode(info);
        } catch (IOException e) {
            throw new IllegalStateException("cannot encode a key in memory", e);
        }
    }

    private static Bytes encode(ASN1Object object) {
        try {
            return Bytes.wrap(object.getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new IllegalStateException("cannot encode a key in memory", e);
        }
    }
}
