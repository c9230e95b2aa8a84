package org.p2prmb.libp2p.noise;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.util.Arrays;

/// The state of one `Noise_XX_25519_ChaChaPoly_SHA256` handshake: messages in, messages out.
///
/// ```
/// initiator                  responder
///   | -- e ---------------------> |   payload clear, empty in libp2p
///   | <- e, ee, s, es ----------- |   payload encrypted
///   | -- s, se -----------------> |   payload encrypted; then both split
/// ```
///
/// It knows nothing of libp2p identities: those travel in the payloads. See the
/// [Noise specification](https://noiseprotocol.org/noise.html), section 7.5.
public final class NoiseHandshake {
    static final String PROTOCOL = "Noise_XX_25519_ChaChaPoly_SHA256";

    private static final int KEY_BYTES = X25519Keys.KEY_BYTES;
    private static final int SEALED_KEY_BYTES = KEY_BYTES + CipherState.TAG_BYTES;
    private static final int MESSAGES = 3;

    private final SymmetricState symmetric = new SymmetricState(PROTOCOL);
    private final boolean initiator;
    private final X25519Keys staticKeys;
    private final X25519Keys ephemeralKeys;
    private byte @Nullable [] remoteStatic;
    private byte @Nullable [] remoteEphemeral;
    private int messages;

    private NoiseHandshake(
            boolean initiator, Bytes prologue, X25519Keys staticKeys, X25519Keys ephemeralKeys) {
        this.initiator = initiator;
        this.staticKeys = staticKeys;
        this.ephemeralKeys = ephemeralKeys;
        symmetric.mixHash(prologue.unsafeArray());
    }

    static NoiseHandshake initiator(Bytes prologue, X25519Keys staticKeys, X25519Keys ephemeral) {
        return new NoiseHandshake(true, prologue, staticKeys, ephemeral);
    }

    static NoiseHandshake responder(Bytes prologue, X25519Keys staticKeys, X25519Keys ephemeral) {
        return new NoiseHandshake(false, prologue, staticKeys, ephemeral);
    }

    /// Our next message, carrying `payload`.
    byte[] write(byte[] payload) throws IOException {
        requireTurn(initiator == (messages % 2 == 0));
        var message =
                switch (messages) {
                    case 0, 1 -> ephemeralMessage();
                    default -> staticMessage();
                };
        message = concat(message, symmetric.encryptAndHash(payload));
        messages++;
        return message;
    }

    /// The payload of the remote's next message. After an exception the handshake is over.
    byte[] read(byte[] message) throws IOException {
        requireTurn(initiator != (messages % 2 == 0));
        var offset =
                switch (messages) {
                    case 0, 1 -> readEphemeral(message);
                    default -> readStatic(message, 0);
                };
        var payload = symmetric.decryptAndHash(message, offset, message.length - offset);
        messages++;
        return payload;
    }

    boolean finished() {
        return messages == MESSAGES;
    }

    byte[] remoteStatic() {
        return present(remoteStatic).clone();
    }

    /// Names this handshake uniquely; both sides have the same.
    byte[] handshakeHash() {
        return symmetric.hash();
    }

    /// The keys that follow the handshake.
    Transport split() {
        if (!finished()) {
            throw new IllegalStateException("handshake not finished");
        }
        var keys = symmetric.split();
        var first = new CipherState(keys[0]);
        var second = new CipherState(keys[1]);
        return initiator ? new Transport(first, second) : new Transport(second, first);
    }

    /// One key for each direction.
    record Transport(CipherState sending, CipherState receiving) {}

    private byte[] ephemeralMessage() throws IOException {
        var message = ephemeralKeys.publicKey();
        symmetric.mixHash(message);
        if (initiator) {
            return message;
        }
        symmetric.mixKey(ephemeralKeys.agree(present(remoteEphemeral)));
        message = concat(message, symmetric.encryptAndHash(staticKeys.publicKey()));
        symmetric.mixKey(staticKeys.agree(present(remoteEphemeral)));
        return message;
    }

    private byte[] staticMessage() throws IOException {
        var message = symmetric.encryptAndHash(staticKeys.publicKey());
        symmetric.mixKey(staticKeys.agree(present(remoteEphemeral)));
        return message;
    }

    private int readEphemeral(byte[] message) throws IOException {
        requireSize(message, KEY_BYTES);
        var ephemeral = Arrays.copyOf(message, KEY_BYTES);
        remoteEphemeral = ephemeral;
        symmetric.mixHash(ephemeral);
        if (!initiator) {
            return KEY_BYTES;
        }
        symmetric.mixKey(ephemeralKeys.agree(ephemeral));
        return readStatic(message, KEY_BYTES);
    }

    /// The remote's static key proves itself by agreeing with our ephemeral key.
    private int readStatic(byte[] message, int offset) throws IOException {
        requireSize(message, offset + SEALED_KEY_BYTES);
        var key = symmetric.decryptAndHash(message, offset, SEALED_KEY_BYTES);
        remoteStatic = key;
        symmetric.mixKey(ephemeralKeys.agree(key));
        return offset + SEALED_KEY_BYTES;
    }

    private void requireTurn(boolean ours) {
        if (!ours || finished()) {
            throw new IllegalStateException("not this side's turn in the handshake");
        }
    }

    private static void requireSize(byte[] message, int least) throws ProtocolException {
        if (message.length < least) {
            throw new ProtocolException("noise: handshake message too short");
        }
    }

    private static byte[] present(byte @Nullable [] key) {
        if (key == null) {
            throw new IllegalStateException("key not received yet");
        }
        return key;
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        var joined = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, joined, head.length, tail.length);
        return joined;
    }
}
