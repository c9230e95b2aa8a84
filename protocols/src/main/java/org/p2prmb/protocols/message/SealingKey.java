package org.p2prmb.protocols.message;

import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

import java.security.SecureRandom;
import java.util.Optional;

/// The X25519 key that opens message bodies sealed for us (HPKE, RFC 9180).
///
/// It rotates and so is not the identity: the public half stands in the contact record.
public final class SealingKey {
    public static final int SECRET_BYTES = 32;

    private final Bytes secret;
    private final AsymmetricCipherKeyPair pair;
    private final Bytes publicKey;

    private SealingKey(Bytes secret) {
        this.secret = secret;
        var scalar = new X25519PrivateKeyParameters(secret.unsafeArray(), 0);
        var point = scalar.generatePublicKey();
        this.pair = new AsymmetricCipherKeyPair(point, scalar);
        this.publicKey = Bytes.wrap(point.getEncoded());
    }

    public static SealingKey generate(SecureRandom random) {
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new SealingKey(Bytes.wrap(secret));
    }

    /// The key with this secret of 32 bytes, as [#secret] returned it.
    public static SealingKey of(Bytes secret) {
        Limits.require(secret.size() == SECRET_BYTES, "a sealing key's secret has 32 bytes");
        return new SealingKey(secret);
    }

    /// 32 bytes, for the contact record.
    public Bytes publicKey() {
        return publicKey;
    }

    /// 32 bytes to be kept as safe as the identity's.
    public Bytes secret() {
        return secret;
    }

    /// The envelope under the seal of a request; empty when it was not sealed for this key, by
    /// this source, under this header.
    Optional<Opened> open(Bytes sealed, Header header, PeerId source) {
        if (sealed.size() < Seal.KEY_BYTES) {
            return Optional.empty();
        }
        var encapsulated = sealed.slice(0, Seal.KEY_BYTES).unsafeArray();
        var body = sealed.slice(Seal.KEY_BYTES, sealed.size()).unsafeArray();
        try {
            var context = Seal.suite().setupBaseR(encapsulated, pair, Seal.info(header, source));
            var envelope = context.open(header.canonical().unsafeArray(), body);
            return Optional.of(new Opened(Bytes.wrap(envelope), Seal.answerSecret(context)));
        } catch (InvalidCipherTextException | IllegalStateException | IllegalArgumentException e) {
            // The library's words for a wrong key, and for a point that gives no shared secret.
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "SealingKey[" + publicKey + "]";
    }

    /// A request's envelope, and the secret that seals its answer.
    record Opened(Bytes envelope, Bytes answerSecret) {
        MessageFrame answer(SignedMessage answer) {
            return Seal.sealAnswer(answer, answerSecret);
        }

        @Override
        public String toString() {
            return "Opened[...]";
        }
    }
}
