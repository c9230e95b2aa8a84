package org.p2prmb.libp2p.identity;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;

/// RSA keys: a `SubjectPublicKeyInfo` in DER; a private key of PKCS#1 in DER.
///
/// Sizes are checked before any arithmetic: a huge modulus or exponent would let a peer burn our
/// CPU (CVE-2023-39533).
public final class RsaKeys {
    static final int MODULUS_BITS_MIN = 2048;
    static final int MODULUS_BITS_MAX = 8192;

    /// The modulus and 128 bytes for the exponent and the headers.
    public static final int PUBLIC_BYTES_MAX = MODULUS_BITS_MAX / 8 + 128;

    private static final int EXPONENT_BITS_MAX = 31;
    private static final int PRIVATE_BYTES_MAX = 5 * MODULUS_BITS_MAX / 8;

    /// The algorithm identifier: rsaEncryption, no parameters.
    private static final Bytes ALGORITHM = Bytes.hex("300d06092a864886f70d0101010500");

    private static final Bytes VERSION = Bytes.hex("020100");

    private RsaKeys() {}

    static Verifier verifier(Bytes raw) throws ProtocolException {
        if (raw.size() > PUBLIC_BYTES_MAX) {
            throw new ProtocolException("RSA public key of " + raw.size() + " bytes");
        }
        var whole = Der.of(raw);
        var info = whole.enter(Der.SEQUENCE);
        whole.requireEnd();
        info.skip(ALGORITHM);
        var content = info.bitString();
        info.requireEnd();
        var numbers = content.enter(Der.SEQUENCE);
        content.requireEnd();
        var modulus = numbers.integer();
        var exponent = numbers.integer();
        numbers.requireEnd();
        requireSizes(modulus, exponent);
        return verifier(modulus, exponent);
    }

    /// Throws when the numbers of a public key are not of a usual size.
    public static void requireSizes(BigInteger modulus, BigInteger exponent)
            throws ProtocolException {
        int bits = modulus.bitLength();
        if (bits < MODULUS_BITS_MIN || bits > MODULUS_BITS_MAX) {
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
            var spec = new RSAPublicKeySpec(modulus, exponent);
            var key = KeyFactory.getInstance("RSA").generatePublic(spec);
            return (message, signature) -> verify(key, message, signature);
        } catch (GeneralSecurityException e) {
            throw new ProtocolException("RSA public key is refused", e);
        }
    }

    private static boolean verify(java.security.PublicKey key, byte[] message, byte[] signature) {
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
        var whole = Der.of(raw);
        var numbers = whole.enter(Der.SEQUENCE);
        whole.requireEnd();
        numbers.skip(VERSION);
        var spec =
                new RSAPrivateCrtKeySpec(
                        numbers.integer(),
                        numbers.integer(),
                        numbers.integer(),
                        numbers.integer(),
                        numbers.integer(),
                        numbers.integer(),
                        numbers.integer(),
                        numbers.integer());
        numbers.requireEnd();
        requireSizes(spec.getModulus(), spec.getPublicExponent());
        if (!spec.getPrimeP().multiply(spec.getPrimeQ()).equals(spec.getModulus())) {
            throw new ProtocolException("RSA private key does not fit its public key");
        }
        try {
            var key = KeyFactory.getInstance("RSA").generatePrivate(spec);
            var publicRaw = encodePublic(spec.getModulus(), spec.getPublicExponent());
            return new PrivateKey(publicRaw, raw, message -> sign(key, message));
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
        var numbers = Der.encode(Der.SEQUENCE, Der.encode(modulus), Der.encode(exponent));
        var content = Der.encode(Der.BIT_STRING, Bytes.hex("00"), numbers);
        return Der.encode(Der.SEQUENCE, ALGORITHM, content);
    }
}
