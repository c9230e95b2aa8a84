package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.Stream;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The serving side of the workloads (docs/performance.md).
final class BenchProtocols {
    static final String ECHO = "/bench/echo/1.0.0";
    static final String SINK = "/bench/sink/1.0.0";
    static final String SOURCE = "/bench/source/1.0.0";

    /// The most that a sender has under way without an answer of the receiving application.
    static final long CREDIT_BYTES = 4L << 20;

    private static final long ACKNOWLEDGE_EVERY = 1L << 20;

    private BenchProtocols() {}

    static void serve(Host host) {
        var payload = new Payload();
        host.handle(ECHO, BenchProtocols::echo);
        host.handle(SINK, BenchProtocols::sink);
        host.handle(SOURCE, stream -> source(stream, payload));
    }

    private static void echo(Stream stream) throws IOException {
        var buffer = new byte[1024];
        for (var read = 0; (read = stream.read(buffer, 0, buffer.length)) > 0; ) {
            stream.write(buffer, 0, read);
        }
        stream.closeWrite();
    }

    /// Counts and checks what comes; says the total after each MiB, then the total and checksum.
    private static void sink(Stream stream) throws IOException {
        var buffer = new byte[Payload.CHUNK_BYTES];
        var crc = new CRC32C();
        var total = 0L;
        var told = 0L;
        for (var read = 0; (read = stream.read(buffer, 0, buffer.length)) > 0; ) {
            crc.update(buffer, 0, read);
            total += read;
            if (total - told >= ACKNOWLEDGE_EVERY) {
                told = total;
                writeLong(stream, total);
            }
        }
        writeLong(stream, total);
        writeLong(stream, crc.getValue());
        stream.closeWrite();
    }

    /// Sends as much as the first 8 bytes ask for; each further 8 bytes say what was consumed. A
    /// negative number asks for as much without credit, on the stream's own flow control alone.
    private static void source(Stream stream, Payload payload)
            throws IOException, InterruptedException {
        var wanted = readLong(stream);
        var credit = new Credit(wanted >= 0 ? CREDIT_BYTES : Long.MAX_VALUE);
        var reader = Thread.startVirtualThread(() -> credit.follow(stream));
        send(stream, payload, Math.abs(wanted), credit);
        stream.closeWrite();
        reader.join();
    }

    static void send(Stream stream, Payload payload, long length, Credit credit)
            throws IOException, InterruptedException {
        for (var sent = 0L; sent < length; sent += Payload.CHUNK_BYTES) {
            credit.await(sent + Payload.CHUNK_BYTES);
            stream.write(payload.chunk(sent / Payload.CHUNK_BYTES), 0, Payload.CHUNK_BYTES);
        }
    }

    static void writeLong(Stream stream, long value) throws IOException {
        stream.write(ByteBuffer.allocate(Long.BYTES).putLong(value).array(), 0, Long.BYTES);
    }

    static long readLong(Stream stream) throws IOException {
        var bytes = new byte[Long.BYTES];
        for (var filled = 0; filled < bytes.length; ) {
            var read = stream.read(bytes, filled, bytes.length - filled);
            if (read < 0) {
                throw new EOFException("the peer ended in the middle of a number");
            }
            filled += read;
        }
        return ByteBuffer.wrap(bytes).getLong();
    }
}
