package org.p2prmb.protocols.message;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.MessageFrame.Body;
import org.p2prmb.protocols.statements.Canonical;

import java.security.SecureRandom;

/// Sealed bodies: HPKE in base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305.
///
/// A request is `encapsulated key (32) || ciphertext`; info binds source, destination and uid, and
/// the associated data are the header's. The sender's signature is inside. Its answer is sealed
/// with a key exported from the same context: `salt (32) || ciphertext`, so it needs no key of the
/// asker's and only the asker can read it.
final class Seal {
    static final int KEY_BYTES = 32;
    private static final int TAG_BITS = 128;
    private static final String INFO_DOMAIN = "rmb/message/seal/1";
    private static final byte[] ANSWER_CONTEXT = Bytes.utf8("rmb/message/answer/1").unsafeArray();
    private static final SecureRandom RANDOM = new SecureRandom();

    private Seal() {}

    /// A sealed request, and the secret that opens its answer.
    record Sent(MessageFrame frame, Bytes answerSecret) {}

    static HPKE suite() {
        return new HPKE(
                HPKE.mode_base,
                HPKE.kem_X25519_SHA256,
                HPKE.kdf_HKDF_SHA256,
                HPKE.aead_CHACHA20_POLY1305);
    }

    /// The [Canonical] list `"rmb/message/seal/1"`, source, destination, uid.
    static byte[] info(Header header, PeerId source) {
        return Canonical.domain(INFO_DOMAIN)
                .bytes(source.multihash())
                .bytes(header.destination().multihash())
                .bytes(header.uid().value())
                .encoded()
                .unsafeArray();
    }

    static Bytes answerSecret(HPKEContext context) {
        return Bytes.wrap(context.export(ANSWER_CONTEXT, KEY_BYTES));
    }

    /// Seals a request for the destination's key; throws `IllegalArgumentException` when that is
    /// no usable key.
    static Sent seal(SignedMessage request, Bytes sealingKey) {
        var header = request.message().header();
        var suite = suite();
        try {
            var context =
                    suite.setupBaseS(
                            suite.deserializePublicKey(sealingKey.toArray()),
                            info(header, request.message().source()));
            var body =
                    context.seal(
                            header.canonical().unsafeArray(), request.envelope().unsafeArray());
            var sealed = Bytes.wrap(context.getEncapsulation()).concat(Bytes.wrap(body));
            return new Sent(
                    new MessageFrame(header, new Body.Sealed(sealed)), answerSecret(context));
        } catch (InvalidCipherTextException | IllegalStateException e) {
            throw new IllegalArgumentException("not a usable sealing key", e);
        }
    }

    static MessageFrame sealAnswer(SignedMessage answer, Bytes answerSecret) {
        var salt = new byte[KEY_BYTES];
        RANDOM.nextBytes(salt);
        var header = answer.message().header();
        try {
            var body = crypt(true, answerSecret, salt, header, answer.envelope());
            var sealed = Bytes.wrap(salt).concat(body);
            return new MessageFrame(header, new Body.Sealed(sealed));
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("encrypting cannot fail", e);
        }
    }

    /// The envelope under the seal of an answer.
    static Bytes openAnswer(Bytes sealed, Header header, Bytes answerSecret)
            throws ProtocolException {
        if (sealed.size() < KEY_BYTES) {
            throw new ProtocolException("a sealed answer without its salt");
        }
        var salt = sealed.slice(0, KEY_BYTES).unsafeArray();
        try {
            return crypt(false, answerSecret, salt, header, sealed.slice(KEY_BYTES, sealed.size()));
        } catch (InvalidCipherTextException e) {
            throw new ProtocolException("a sealed answer that does not open", e);
        }
    }

    private static Bytes crypt(
            boolean encrypt, Bytes answerSecret, byte[] salt, Header header, Bytes input)
            throws InvalidCipherTextException {
        var derived = new byte[KEY_BYTES];
        var generator = new HKDFBytesGenerator(SHA256Digest.newInstance());
        generator.init(new HKDFParameters(answerSecret.unsafeArray(), salt, ANSWER_CONTEXT));
        generator.generateBytes(derived, 0, derived.length);
        var cipher = new ChaCha20Poly1305();
        // Every salt gives another key, so the nonce may stay zero.
        cipher.init(
                encrypt,
                new AEADParameters(
                        new KeyParameter(derived),
                        TAG_BITS,
                        new byte[12],
                        header.canonical().unsafeArray()));
        var output = new byte[cipher.getOutputSize(input.size())];
        var size = cipher.processBytes(input.unsafeArray(), 0, input.size(), output, 0);
        cipher.doFinal(output, size);
        return Bytes.wrap(output);
    }
}
