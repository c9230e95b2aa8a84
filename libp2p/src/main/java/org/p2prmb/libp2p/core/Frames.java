package org.p2prmb.libp2p.core;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// Messages on a [Stream], each with its length in front as a [Varint].
public final class Frames {
    /// What a length alone may make us allocate; beyond it the buffer grows as the bytes come.
    private static final int INITIAL_BYTES_MAX = 16 * 1024;

    private Frames() {}

    /// Reads the next frame. Throws [EOFException] when the remote closed its side, before or in
    /// the frame, and [ProtocolException] when the frame is longer than `max` bytes.
    public static byte[] read(Stream stream, int max) throws IOException {
        return readOrEnd(stream, max).orElseThrow(() -> new EOFException("the stream ended"));
    }

    /// Reads the next frame as [#read] does; empty when the remote closed its side in good order.
    public static Optional<byte[]> readOrEnd(Stream stream, int max) throws IOException {
        var prefix = new byte[Varint.BYTES_MAX];
        int size = 0;
        do {
            if (size == prefix.length) {
                throw new ProtocolException("frame length is longer than a varint");
            }
            if (stream.read(prefix, size, 1) < 0) {
                if (size == 0) {
                    return Optional.empty();
                }
                throw new EOFException("the stream ended in a frame length");
            }
        } while (prefix[size++] < 0);
        long length = Varint.decode(prefix, 0, size).value();
        if (length > max) {
            throw new ProtocolException("frame of " + length + " bytes, at most " + max);
        }
        return Optional.of(readBody(stream, (int) length));
    }

    private static byte[] readBody(Stream stream, int length) throws IOException {
        var body = new byte[Math.min(length, INITIAL_BYTES_MAX)];
        int filled = 0;
        while (filled < length) {
            if (filled == body.length) {
                body = Arrays.copyOf(body, (int) Math.min(length, 2L * body.length));
            }
            int count = stream.read(body, filled, body.length - filled);
            if (count < 0) {
                throw new EOFException("the stream ended in a frame");
            }
            filled += count;
        }
        return body;
    }

    /// What a frame with a body of `length` bytes takes on a stream.
    public static int bytes(int length) {
        return Varint.size(length) + length;
    }

    /// Writes one frame, length and body in a single write.
    public static void write(Stream stream, byte[] body) throws IOException {
        int prefix = Varint.size(body.length);
        var frame = new byte[prefix + body.length];
        Varint.write(body.length, frame, 0);
        System.arraycopy(body, 0, frame, prefix, body.length);
        stream.write(frame, 0, frame.length);
    }
}
