package org.p2prmb.benchmarks;

import java.util.Random;
import java.util.zip.CRC32C;

/// An endless random byte sequence that both sides of a transfer know, in chunks of 64 KiB.
///
/// It repeats after 4 MiB, so that making it costs nothing while the clock runs; a receiver checks
/// length and CRC-32C of what arrived against what must have been sent.
final class Payload {
    static final int CHUNK_BYTES = 64 * 1024;

    private static final int CHUNKS = 64;
    private static final long SEED = 20_251_122;

    private final byte[][] chunks = new byte[CHUNKS][CHUNK_BYTES];

    Payload() {
        var random = new Random(SEED);
        for (var chunk : chunks) {
            random.nextBytes(chunk);
        }
    }

    byte[] chunk(long index) {
        return chunks[(int) (index % CHUNKS)];
    }

    /// The CRC-32C of the first `length` bytes; `length` is a multiple of the chunk size.
    long checksum(long length) {
        var crc = new CRC32C();
        for (var index = 0L; index < length / CHUNK_BYTES; index++) {
            crc.update(chunk(index));
        }
        return crc.getValue();
    }
}
