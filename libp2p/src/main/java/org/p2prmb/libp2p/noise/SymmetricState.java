package org.p2prmb.libp2p.noise;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The running hash and chaining key that both sides of a Noise handshake build up alike.
///
/// See the [Noise specification](https://noiseprotocol.org/noise.html), section 5.2.
final class SymmetricState {
    private static final byte[] EMPTY = new byte[0];

    private final MessageDigest digest;
    private final Mac mac;
    private byte[] chainingKey;
    private byte[] hash;
    private @Nullable CipherState cipher;

    /// `protocol` is exactly 32 ASCII characters, so it is its own hash.
    SymmetricState(String protocol) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
            mac = Mac.getInstance("HmacSHA256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks SHA-256", e);
        }
        hash = protocol.getBytes(StandardCharsets.US_ASCII);
        if (hash.length != digest.getDigestLength()) {
            throw new IllegalArgumentException("not 32 characters: " + protocol);
        }
        chainingKey = hash;
    }

    byte[] hash() {
        return hash.clone();
    }

    void mixHash(byte[] data, int offset, int length) {
        digest.update(hash);
        digest.update(data, offset, length);
        hash = digest.digest();
    }

    void mixHash(byte[] data) {
        mixHash(data, 0, data.length);
    }

    void mixKey(byte[] secret) {
        var keys = expand(mac, chainingKey, secret, 2);
        chainingKey = keys[0];
        cipher = new CipherState(keys[1]);
    }

    /// Encrypts once there is a key; before that the payload stays clear.
    byte[] encryptAndHash(byte[] plaintext) throws IOException {
        if (cipher == null) {
            mixHash(plaintext);
            return plaintext;
        }
        var sealed = new byte[plaintext.length + CipherState.TAG_BYTES];
        cipher.encrypt(hash, plaintext, 0, plaintext.length, sealed, 0);
        mixHash(sealed);
        return sealed;
    }

    byte[] decryptAndHash(byte[] message, int offset, int length) throws IOException {
        if (cipher == null) {
            mixHash(message, offset, length);
            return Arrays.copyOfRange(message, offset, offset + length);
        }
        var opened = new byte[Math.max(0, length - CipherState.TAG_BYTES)];
        cipher.decrypt(hash, message, offset, length, opened, 0);
        mixHash(message, offset, length);
        return opened;
    }

    /// The two transport keys: the initiator's sending key first.
    byte[][] split() {
        return expand(mac, chainingKey, EMPTY, 2);
    }

    /// HKDF of the Noise specification, section 4.3: at most 3 outputs of 32 bytes each.
    static byte[][] expand(Mac mac, byte[] chainingKey, byte[] secret, int outputs) {
        var temporary = hmac(mac, chainingKey, secret);
        keyed(mac, temporary);
        var keys = new byte[outputs][];
        var previous = EMPTY;
        for (var i = 0; i < outputs; i++) {
            mac.update(previous);
            mac.update((byte) (i + 1));
            keys[i] = mac.doFinal();
            previous = keys[i];
        }
        return keys;
    }

    private static byte[] hmac(Mac mac, byte[] key, byte[] data) {
        keyed(mac, key);
        return mac.doFinal(data);
    }

    private static void keyed(Mac mac, byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC refused its key", e);
        }
    }
}
