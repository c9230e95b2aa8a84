package org.p2prmb.libp2p.noise;

import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// One direction's ChaCha20-Poly1305 key with its counting nonce.
///
/// A nonce is spent before it encrypts, so a failure cannot make two messages share one; it is
/// spent only after a message proved authentic when decrypting, so a forgery changes nothing.
/// See the [Noise specification](https://noiseprotocol.org/noise.html), section 5.1.
final class CipherState {
    static final int TAG_BYTES = 16;

    private static final int NONCE_BYTES = 12;
    private static final int COUNTER_OFFSET = 4;

    /// 2^64-1 is reserved by the specification.
    private static final long NONCE_RESERVED = -1;

    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final SecretKeySpec key;
    private final Cipher cipher;
    private final byte[] nonce = new byte[NONCE_BYTES];
    private long counter;

    CipherState(byte[] key) {
        this(key, 0);
    }

    /// Starts counting at `counter`; only tests start elsewhere than at 0.
    CipherState(byte[] key, long counter) {
        this.key = new SecretKeySpec(key, "ChaCha20");
        this.counter = counter;
        try {
            this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks ChaCha20-Poly1305", e);
        }
    }

    /// How many messages this key has handled.
    long counter() {
        return counter;
    }

    /// Writes ciphertext and tag to `into`, which may be `from` at the same offset; returns their
    /// size.
    int encrypt(byte[] associated, byte[] from, int offset, int length, byte[] into, int intoOffset)
            throws IOException {
        try {
            start(Cipher.ENCRYPT_MODE, associated);
            counter++;
            return cipher.doFinal(from, offset, length, into, intoOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encryption failed", e);
        }
    }

    /// Writes the plaintext to `into`, which may be `from` at the same offset; returns its size.
    int decrypt(byte[] associated, byte[] from, int offset, int length, byte[] into, int intoOffset)
            throws IOException {
        if (length < TAG_BYTES) {
            throw new ProtocolException("noise: message without a tag");
        }
        try {
            start(Cipher.DECRYPT_MODE, associated);
            var size = cipher.doFinal(from, offset, length, into, intoOffset);
            counter++;
            return size;
        } catch (AEADBadTagException e) {
            throw new ProtocolException("noise: message is not authentic", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("decryption failed", e);
        }
    }

    private void start(int mode, byte[] associated) throws IOException, GeneralSecurityException {
        if (counter == NONCE_RESERVED) {
            throw new IOException("noise: this key has no nonce left");
        }
        LITTLE_ENDIAN.set(nonce, COUNTER_OFFSET, counter);
        cipher.init(mode, key, new IvParameterSpec(nonce));
        if (associated.length > 0) {
            cipher.updateAAD(associated);
        }
    }
}
