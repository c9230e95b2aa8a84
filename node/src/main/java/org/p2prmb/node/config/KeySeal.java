package org.p2prmb.node.config;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.p2prmb.libp2p.core.Bytes;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// How one key file is sealed: Argon2id (RFC 9106) makes the key, ChaCha20-Poly1305 seals.
///
/// @param memoryKib what guessing a passphrase costs in memory; ours is 64 MiB
record KeySeal(int memoryKib, int passes, int lanes, Bytes salt, Bytes nonce) {
    static final String NAME = "argon2id+chacha20-poly1305";

    private static final int MEMORY_KIB = 64 * 1024;
    private static final int PASSES = 3;

    /// A damaged or planted file must not make us allocate or compute without end.
    private static final int MEMORY_KIB_MAX = 1024 * 1024;

    private static final int PASSES_MAX = 16;
    private static final int LANES_MAX = 16;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int KEY_BYTES = 32;
    private static final int TAG_BITS = 128;
    private static final Pattern PARAMETERS =
            Pattern.compile("memory=([1-9][0-9]{0,6}) passes=([1-9][0-9]?) lanes=([1-9][0-9]?)");

    static KeySeal fresh(SecureRandom random) {
        var salt = new byte[SALT_BYTES];
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        return new KeySeal(MEMORY_KIB, PASSES, 1, Bytes.wrap(salt), Bytes.wrap(nonce));
    }

    static Optional<KeySeal> parse(String parameters, Bytes salt, Bytes nonce) {
        var match = PARAMETERS.matcher(parameters);
        if (!match.matches() || salt.size() != SALT_BYTES || nonce.size() != NONCE_BYTES) {
            return Optional.empty();
        }
        var memory = Integer.parseInt(match.group(1));
        var passes = Integer.parseInt(match.group(2));
        var lanes = Integer.parseInt(match.group(3));
        return memory > MEMORY_KIB_MAX
                        || passes > PASSES_MAX
                        || lanes > LANES_MAX
                        || memory < 8 * lanes
                ? Optional.empty()
                : Optional.of(new KeySeal(memory, passes, lanes, salt, nonce));
    }

    /// The header lines that [#parse] needs to make the same seal again.
    String lines() {
        return "argon2id: memory=%d passes=%d lanes=%d\nsalt: %s\nnonce: %s\n"
                .formatted(
                        memoryKib,
                        passes,
                        lanes,
                        SealedFile.base64(salt),
                        SealedFile.base64(nonce));
    }

    Bytes seal(Passphrase passphrase, Bytes header, Bytes plain) {
        try {
            return run(true, passphrase, header, plain);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("sealing cannot fail", e);
        }
    }

    /// The plain bytes, or nothing when the passphrase is wrong or a bit was changed.
    Optional<Bytes> open(Passphrase passphrase, Bytes header, Bytes sealed) {
        try {
            return Optional.of(run(false, passphrase, header, sealed));
        } catch (InvalidCipherTextException _) {
            return Optional.empty();
        }
    }

    private Bytes run(boolean sealing, Passphrase passphrase, Bytes header, Bytes input)
            throws InvalidCipherTextException {
        var key = key(passphrase);
        var cipher = new ChaCha20Poly1305();
        cipher.init(
                sealing,
                new AEADParameters(
                        new KeyParameter(key), TAG_BITS, nonce.toArray(), header.toArray()));
        var output = new byte[cipher.getOutputSize(input.size())];
        var written = cipher.processBytes(input.unsafeArray(), 0, input.size(), output, 0);
        cipher.doFinal(output, written);
        Arrays.fill(key, (byte) 0);
        return Bytes.wrap(output);
    }

    private byte[] key(Passphrase passphrase) {
        var generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(memoryKib)
                        .withIterations(passes)
                        .withParallelism(lanes)
                        .withSalt(salt.toArray())
                        .build());
        var key = new byte[KEY_BYTES];
        generator.generateBytes(passphrase.utf8().toArray(), key);
        return key;
    }
}
