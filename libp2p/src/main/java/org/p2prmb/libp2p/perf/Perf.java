package org.p2prmb.libp2p.perf;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/// `/perf/1.0.0`: the opener says how many bytes it wants, sends as many as it likes and
/// half-closes; then the other side sends what was asked for.
///
/// See the [specification](https://github.com/libp2p/specs/blob/master/perf/perf.md).
public final class Perf {
    public static final String PROTOCOL = "/perf/1.0.0";

    private static final int CHUNK_BYTES = 64 * 1024;

    private Perf() {}

    /// How long it takes to send `up` bytes and to receive `down` bytes after them, on one new
    /// stream, its negotiation included. Throws when that is not done within `limit`.
    public static Duration measure(Connection connection, long up, long down, Duration limit)
            throws IOException {
        if (up < 0 || down < 0) {
            throw new IllegalArgumentException("numbers of bytes must not be negative");
        }
        var start = System.nanoTime();
        try (var stream = connection.open(List.of(PROTOCOL), limit)) {
            stream.deadline(limit.minusNanos(System.nanoTime() - start));
            var wanted = ByteBuffer.allocate(Long.BYTES).putLong(down).array();
            stream.write(wanted, 0, wanted.length);
            send(stream, up);
            stream.closeWrite();
            receive(stream, down);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void receive(Stream stream, long wanted) throws IOException {
        var received = drain(stream, wanted);
        if (received != wanted) {
            stream.reset();
            throw new ProtocolException(
                    "%d bytes came, %d were asked for".formatted(received, wanted));
        }
    }

    private static void send(Stream stream, long bytes) throws IOException {
        var chunk = new byte[(int) Math.min(bytes, CHUNK_BYTES)];
        for (var left = bytes; left > 0; left -= chunk.length) {
            stream.write(chunk, 0, (int) Math.min(left, chunk.length));
        }
    }

    /// The number of bytes until the end; what follows more than `most` is not read.
    private static long drain(Stream stream, long most) throws IOException {
        var chunk = new byte[CHUNK_BYTES];
        var total = 0L;
        while (total <= most) {
            var count = stream.read(chunk, 0, chunk.length);
            if (count < 0) {
                return total;
            }
            total += count;
        }
        return total;
    }

    /// Serves those who measure; one instance serves one host. It keeps two buffers for each of a
    /// bounded number of streams, and no stream lasts.
    public static final class Responder implements StreamHandler {
        /// Streams at a time, of all peers; more are reset.
        private static final int STREAMS_MAX = 16;

        /// The most that one stream carries in either direction.
        private static final long BYTES_MAX = 16L << 30;

        private static final Duration LIMIT = Duration.ofMinutes(5);

        private final Semaphore free = new Semaphore(STREAMS_MAX);

        @Override
        public void serve(Stream stream) throws IOException {
            if (!free.tryAcquire()) {
                throw new ProtocolException("too many perf streams");
            }
            try {
                stream.deadline(LIMIT);
                answer(stream);
            } finally {
                free.release();
            }
        }

        private static void answer(Stream stream) throws IOException {
            var wanted = readWanted(stream);
            if (wanted < 0 || wanted > BYTES_MAX) {
                throw new ProtocolException("more bytes are wanted than one stream carries");
            }
            if (drain(stream, BYTES_MAX) > BYTES_MAX) {
                throw new ProtocolException("more bytes came than one stream carries");
            }
            send(stream, wanted);
        }

        private static long readWanted(Stream stream) throws IOException {
            var number = ByteBuffer.allocate(Long.BYTES);
            while (number.hasRemaining()) {
                var count = stream.read(number.array(), number.position(), number.remaining());
                if (count < 0) {
                    throw new EOFException("the stream ended in the number of wanted bytes");
                }
                number.position(number.position() + count);
            }
            return number.getLong(0);
        }
    }
}
