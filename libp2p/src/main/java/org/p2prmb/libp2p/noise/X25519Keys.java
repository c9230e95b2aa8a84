package org.p2prmb.libp2p.noise;

import org.bouncycastle.math.ec.rfc7748.X25519;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.security.SecureRandom;

/// A Diffie-Hellman key pair of the Noise handshake, static or ephemeral.
final class X25519Keys {
    static final int KEY_BYTES = 32;

    private final byte[] privateKey;
    private final byte[] publicKey = new byte[KEY_BYTES];

    private X25519Keys(byte[] privateKey) {
        this.privateKey = privateKey;
        X25519.generatePublicKey(privateKey, 0, publicKey, 0);
    }

    static X25519Keys generate(SecureRandom random) {
        var secret = new byte[KEY_BYTES];
        X25519.generatePrivateKey(random, secret);
        return new X25519Keys(secret);
    }

    static X25519Keys of(Bytes privateKey) {
        return new X25519Keys(privateKey.toArray());
    }

    byte[] publicKey() {
        return publicKey.clone();
    }

    /// The shared secret with the owner of `remote`.
    ///
    /// Throws when it is all zero: then `remote` has a small order and the secret is no secret.
    byte[] agree(byte[] remote) throws ProtocolException {
        var secret = new byte[KEY_BYTES];
        if (!X25519.calculateAgreement(privateKey, 0, remote, 0, secret, 0)) {
            throw new ProtocolException("noise: key agreement gave zero");
        }
        return secret;
    }
}
