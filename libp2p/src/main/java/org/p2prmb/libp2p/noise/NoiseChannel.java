package org.p2prmb.libp2p.noise;

import static org.p2prmb.libp2p.noise.NoiseSecurity.LENGTH_BYTES;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.util.Optional;

/// A raw channel after its Noise handshake: frames of at most 65,535 bytes, each encrypted.
///
/// One write makes as many frames as it needs and sends them together. A frame that is not
/// authentic closes the channel. Idle, it holds no large buffer.
public final class NoiseChannel implements SecureChannel {
    static final int FRAME_MAX = 65_535;
    static final int PLAINTEXT_MAX = FRAME_MAX - CipherState.TAG_BYTES;

    private static final int OVERHEAD = LENGTH_BYTES + CipherState.TAG_BYTES;
    private static final byte[] NO_ASSOCIATED_DATA = new byte[0];

    /// A write up to this size does not borrow a large buffer.
    private static final int SMALL_WRITE_MAX = 4096;

    private final CipherState sending;
    private final CipherState receiving;
    private final PublicKey remoteKey;
    private final @Nullable String muxer;
    private final RawChannel channel;
    private final ChannelInput input;
    private final BufferPool pool;

    /// Plaintext that the reader did not ask for yet: it lies in the input's array, in the place
    /// of its ciphertext.
    private int plainPosition;

    private int plainLimit;

    NoiseChannel(
            NoiseHandshake.Transport keys,
            PublicKey remoteKey,
            @Nullable String muxer,
            RawChannel channel,
            ChannelInput input,
            BufferPool pool) {
        this.sending = keys.sending();
        this.receiving = keys.receiving();
        this.remoteKey = remoteKey;
        this.muxer = muxer;
        this.channel = channel;
        this.input = input;
        this.pool = pool;
    }

    @Override
    public PublicKey remotePublicKey() {
        return remoteKey;
    }

    @Override
    public Optional<String> muxer() {
        return Optional.ofNullable(muxer);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return readPlaintext(into, offset, length);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private int readPlaintext(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        var done = 0;
        while (done == 0) {
            if (buffered()) {
                done = copyPlain(into, offset, length);
            } else if (!awaitFrame()) {
                return -1;
            } else if (frameSize() - CipherState.TAG_BYTES <= length) {
                done = decryptTo(into, offset);
            } else {
                decryptInPlace();
            }
        }
        // Whole frames that are here already and fit save the caller a round.
        while (!buffered() && frameHere() && plainSize() <= length - done) {
            done += decryptTo(into, offset + done);
        }
        return done;
    }

    @Override
    public boolean buffered() {
        return plainPosition < plainLimit;
    }

    @Override
    public boolean idle() {
        return !buffered() && !frameHere() && channel.idle();
    }

    private boolean awaitFrame() throws IOException {
        if (!input.await(LENGTH_BYTES)) {
            return false;
        }
        if (frameSize() < CipherState.TAG_BYTES) {
            throw new ProtocolException("noise: message without a tag");
        }
        return input.await(LENGTH_BYTES + frameSize());
    }

    private boolean frameHere() {
        return input.available() >= OVERHEAD
                && input.available() >= LENGTH_BYTES + frameSize()
                && frameSize() >= CipherState.TAG_BYTES;
    }

    private int frameSize() {
        return NoiseSecurity.frameLength(input);
    }

    private int plainSize() {
        return frameSize() - CipherState.TAG_BYTES;
    }

    private int decryptTo(byte[] into, int offset) throws IOException {
        var size = frameSize();
        var start = input.position() + LENGTH_BYTES;
        var plain = receiving.decrypt(NO_ASSOCIATED_DATA, input.array(), start, size, into, offset);
        input.skip(LENGTH_BYTES + size);
        return plain;
    }

    private void decryptInPlace() throws IOException {
        var start = input.position() + LENGTH_BYTES;
        var plain = decryptTo(input.array(), start);
        plainPosition = start;
        plainLimit = start + plain;
    }

    private int copyPlain(byte[] into, int offset, int length) {
        var size = Math.min(length, plainLimit - plainPosition);
        System.arraycopy(input.array(), plainPosition, into, offset, size);
        plainPosition += size;
        return size;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        if (length <= SMALL_WRITE_MAX) {
            var frame = new byte[OVERHEAD + length];
            channel.write(frame, 0, seal(from, offset, length, frame, 0));
            return;
        }
        var buffer = pool.take();
        writeFrames(from, offset, length, buffer);
        pool.give(buffer); // Not after an exception: the collector takes it then.
    }

    private void writeFrames(byte[] from, int offset, int length, byte[] buffer)
            throws IOException {
        var used = 0;
        for (var done = 0; done < length; ) {
            var part = Math.min(PLAINTEXT_MAX, length - done);
            if (used + OVERHEAD + part > buffer.length) {
                channel.write(buffer, 0, used);
                used = 0;
            }
            used = seal(from, offset + done, part, buffer, used);
            done += part;
        }
        channel.write(buffer, 0, used);
    }

    /// Writes one frame at `at` and returns the offset behind it.
    private int seal(byte[] from, int offset, int length, byte[] frame, int at) throws IOException {
        var size =
                sending.encrypt(NO_ASSOCIATED_DATA, from, offset, length, frame, at + LENGTH_BYTES);
        frame[at] = (byte) (size >>> 8);
        frame[at + 1] = (byte) size;
        return at + LENGTH_BYTES + size;
    }

    @Override
    public void close() {
        channel.close();
    }
}
