package org.p2prmb.libp2p.identity;

import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.Arrays;

/// Ed25519 keys: 32 raw public bytes; 64 private ones, the seed and the public key.
///
/// Signatures are checked as RFC 8032 says; keys of small order and signatures whose `S` is not
/// reduced are refused.
final class Ed25519Keys {
    static final int SEED_BYTES = 32;
    static final int PUBLIC_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    private Ed25519Keys() {}

    static Verifier verifier(Bytes raw) throws ProtocolException {
        if (raw.size() != PUBLIC_BYTES) {
            throw new ProtocolException("Ed25519 public key of " + raw.size() + " bytes, not 32");
        }
        try {
            var key = new Ed25519PublicKeyParameters(raw.unsafeArray(), 0);
            return (message, signature) -> verify(key, message, signature);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("Ed25519 public key is not a point", e);
        }
    }

    private static boolean verify(
            Ed25519PublicKeyParameters key, byte[] message, byte[] signature) {
        return signature.length == SIGNATURE_BYTES
                && key.verify(
                        Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
    }

    static PrivateKey fromSeed(Bytes seed) {
        if (seed.size() != SEED_BYTES) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.size());
        }
        var key = new Ed25519PrivateKeyParameters(seed.unsafeArray(), 0);
        var publicRaw = Bytes.wrap(key.generatePublicKey().getEncoded());
        return new PrivateKey(publicRaw, seed.concat(publicRaw), message -> sign(key, message));
    }

    /// The signing key derives its public half itself: no caller can pair it with another one and
    /// so learn the secret from two signatures.
    private static byte[] sign(Ed25519PrivateKeyParameters key, byte[] message) {
        var signature = new byte[SIGNATURE_BYTES];
        key.sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
        return signature;
    }

    /// Reads seed and public key; in a legacy form the public key stands there twice.
    static PrivateKey decode(Bytes raw) throws ProtocolException {
        int copies = (raw.size() - SEED_BYTES) / PUBLIC_BYTES;
        if (raw.size() != SEED_BYTES + copies * PUBLIC_BYTES || copies < 1 || copies > 2) {
            throw new ProtocolException("Ed25519 private key has 64 or 96 bytes");
        }
        var key = fromSeed(raw.slice(0, SEED_BYTES));
        var expected = key.publicRaw().unsafeArray();
        for (int from = SEED_BYTES; from < raw.size(); from += PUBLIC_BYTES) {
            if (!Arrays.equals(
                    raw.unsafeArray(), from, from + PUBLIC_BYTES, expected, 0, PUBLIC_BYTES)) {
                throw new ProtocolException("Ed25519 private key does not fit its public key");
            }
        }
        return key;
    }
}
