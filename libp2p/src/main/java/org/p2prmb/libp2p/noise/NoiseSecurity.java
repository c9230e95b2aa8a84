package org.p2prmb.libp2p.noise;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.secure.Muxers;
import org.p2prmb.libp2p.secure.Security;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The `/noise` security of one host: both sides of the handshake on a raw channel.
///
/// The static key lives as long as this object and is shared with no other, so two hosts of one
/// process cannot be linked by it.
public final class NoiseSecurity implements Security {
    public static final String PROTOCOL = "/noise";

    static final int LENGTH_BYTES = 2;

    /// The largest handshake message that we read: two of the largest keys and signatures.
    private static final int HANDSHAKE_MESSAGE_MAX = 16_384;

    /// Only an ephemeral key: the payload of message 1 is clear and must be empty.
    private static final int FIRST_MESSAGE_BYTES = X25519Keys.KEY_BYTES;

    private final SecureRandom random;
    private final BufferPool pool;
    private final X25519Keys staticKeys;
    private final List<String> muxers;
    private final byte[] payload;

    /// Offers `muxers` for negotiation inside the handshake.
    public NoiseSecurity(
            KeyPair identity, List<String> muxers, SecureRandom random, BufferPool pool) {
        this.random = random;
        this.pool = pool;
        this.muxers = List.copyOf(muxers);
        this.staticKeys = X25519Keys.generate(random);
        // Signed once: the signature covers nothing of a single connection.
        this.payload = NoisePayload.sign(identity, staticKeys.publicKey(), muxers).encoded();
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public Initiation initiate(PeerId expected) throws IOException {
        var handshake =
                NoiseHandshake.initiator(Bytes.EMPTY, staticKeys, X25519Keys.generate(random));
        return new Initiator(handshake, framed(handshake.write(new byte[0])), expected);
    }

    private final class Initiator implements Initiation {
        private final NoiseHandshake handshake;
        private final byte[] firstFrame;
        private final PeerId expected;

        Initiator(NoiseHandshake handshake, byte[] firstFrame, PeerId expected) {
            this.handshake = handshake;
            this.firstFrame = firstFrame;
            this.expected = expected;
        }

        @Override
        public byte[] firstMessage() {
            return firstFrame.clone();
        }

        @Override
        public NoiseChannel finish(RawChannel channel, ChannelInput input) throws IOException {
            var answer = handshake.read(readFrame(input, HANDSHAKE_MESSAGE_MAX));
            var remote = NoisePayload.verified(answer, handshake.remoteStatic());
            requirePeer(remote, expected);
            var muxer = Muxers.common(muxers, remote.muxers());
            send(channel, framed(handshake.write(payload)));
            return open(handshake, remote, muxer, channel, input);
        }
    }

    @Override
    public NoiseChannel respond(RawChannel channel, ChannelInput input, @Nullable PeerId expected)
            throws IOException {
        var handshake =
                NoiseHandshake.responder(Bytes.EMPTY, staticKeys, X25519Keys.generate(random));
        handshake.read(readFrame(input, FIRST_MESSAGE_BYTES));
        send(channel, framed(handshake.write(payload)));
        var answer = handshake.read(readFrame(input, HANDSHAKE_MESSAGE_MAX));
        var remote = NoisePayload.verified(answer, handshake.remoteStatic());
        requirePeer(remote, expected);
        var muxer = Muxers.common(remote.muxers(), muxers);
        return open(handshake, remote, muxer, channel, input);
    }

    private NoiseChannel open(
            NoiseHandshake handshake,
            NoisePayload remote,
            Optional<String> muxer,
            RawChannel channel,
            ChannelInput input) {
        return new NoiseChannel(
                handshake.split(), remote.identity(), muxer.orElse(null), channel, input, pool);
    }

    private static void requirePeer(NoisePayload remote, @Nullable PeerId expected)
            throws ProtocolException {
        if (expected != null && !remote.identity().peerId().equals(expected)) {
            throw new ProtocolException(
                    "noise: dialled %s and met %s".formatted(expected, remote.identity().peerId()));
        }
    }

    private static byte[] readFrame(ChannelInput input, int max) throws IOException {
        if (!input.await(LENGTH_BYTES)) {
            throw new EOFException("remote closed the connection during the handshake");
        }
        var length = frameLength(input);
        if (length > max) {
            throw new ProtocolException("noise: handshake message of %d bytes".formatted(length));
        }
        input.await(LENGTH_BYTES + length);
        var start = input.position() + LENGTH_BYTES;
        var message = Arrays.copyOfRange(input.array(), start, start + length);
        input.skip(LENGTH_BYTES + length);
        return message;
    }

    static int frameLength(ChannelInput input) {
        var array = input.array();
        var at = input.position();
        return ((array[at] & 0xff) << 8) | (array[at + 1] & 0xff);
    }

    private static byte[] framed(byte[] message) {
        var frame = new byte[LENGTH_BYTES + message.length];
        frame[0] = (byte) (message.length >>> 8);
        frame[1] = (byte) message.length;
        System.arraycopy(message, 0, frame, LENGTH_BYTES, message.length);
        return frame;
    }

    private static void send(RawChannel channel, byte[] frame) throws IOException {
        channel.write(frame, 0, frame.length);
    }
}
