package org.p2prmb.libp2p.noise;

import com.google.protobuf.ByteString;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.HugeRsa;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.wire.NoiseHandshakePayloadProto;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;

/// A peer that does the Noise handshake right but for what it says in it.
public final class ForgedNoise {
    private static final byte[] EMPTY = new byte[0];

    private final RawChannel channel;
    private final X25519Keys staticKeys = X25519Keys.generate(new SecureRandom());
    private final X25519Keys ephemeralKeys = X25519Keys.generate(new SecureRandom());

    public ForgedNoise(RawChannel channel) {
        this.channel = channel;
    }

    /// What an honest peer would say of itself.
    public byte[] honest(KeyPair identity, List<String> muxers) {
        return NoisePayload.sign(identity, staticKeys.publicKey(), muxers).encoded();
    }

    /// The identity of `victim` with a signature that it made for another static key.
    public byte[] replayed(KeyPair victim) {
        return NoisePayload.sign(victim, new byte[32], List.of()).encoded();
    }

    /// The identity of `victim` with a signature of our own.
    public byte[] swapped(KeyPair victim, KeyPair own) {
        var signed = NoisePayload.sign(own, staticKeys.publicKey(), List.of());
        return new NoisePayload(victim.publicKey(), signed.signature(), List.of()).encoded();
    }

    /// The identity of a huge key, with a signature that is right.
    public byte[] huge() {
        var signature = HugeRsa.sign(NoisePayload.signedBytes(staticKeys.publicKey()));
        return NoiseHandshakePayloadProto.newBuilder()
                .setIdentityKey(ByteString.copyFrom(HugeRsa.publicKey().toArray()))
                .setIdentitySig(ByteString.copyFrom(signature.toArray()))
                .build()
                .toByteArray();
    }

    /// One bit of an honest signature flipped.
    public byte[] flipped(KeyPair identity) {
        var signed = NoisePayload.sign(identity, staticKeys.publicKey(), List.of());
        var signature = signed.signature().toArray();
        signature[7] ^= 1;
        return new NoisePayload(identity.publicKey(), Bytes.wrap(signature), List.of()).encoded();
    }

    /// Message 1 and the answer to it; returns a handshake that waits to send message 3.
    public NoiseHandshake beginAsInitiator() throws IOException {
        var handshake = NoiseHandshake.initiator(Bytes.EMPTY, staticKeys, ephemeralKeys);
        send(handshake.write(EMPTY));
        handshake.read(receive());
        return handshake;
    }

    /// Sends message 3 with `payload`.
    public NoiseHandshake.Transport endAsInitiator(NoiseHandshake handshake, byte[] payload)
            throws IOException {
        send(handshake.write(payload));
        return handshake.split();
    }

    /// Answers message 1 with `payload` in message 2.
    public NoiseHandshake respond(byte[] payload) throws IOException {
        var handshake = NoiseHandshake.responder(Bytes.EMPTY, staticKeys, ephemeralKeys);
        handshake.read(receive());
        send(handshake.write(payload));
        return handshake;
    }

    /// Sends `plain` as one transport frame; `flip` is the index of a bit to flip, or -1.
    public void sendFrame(NoiseHandshake.Transport keys, byte[] plain, int flip)
            throws IOException {
        var sealed = new byte[plain.length + CipherState.TAG_BYTES];
        keys.sending().encrypt(EMPTY, plain, 0, plain.length, sealed, 0);
        if (flip >= 0) {
            sealed[flip / 8] ^= (byte) (1 << (flip % 8));
        }
        send(sealed);
    }

    public void send(byte[] message) throws IOException {
        var frame = new byte[2 + message.length];
        frame[0] = (byte) (message.length >> 8);
        frame[1] = (byte) message.length;
        System.arraycopy(message, 0, frame, 2, message.length);
        channel.write(frame, 0, frame.length);
    }

    public byte[] receive() throws IOException {
        var length = receive(2);
        return receive((length[0] & 0xff) << 8 | length[1] & 0xff);
    }

    public byte[] receive(int size) throws IOException {
        var bytes = new byte[size];
        for (var filled = 0; filled < size; ) {
            var count = channel.read(bytes, filled, size - filled);
            if (count < 0) {
                throw new java.io.EOFException();
            }
            filled += count;
        }
        return bytes;
    }
}
