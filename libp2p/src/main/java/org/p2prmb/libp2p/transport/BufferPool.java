package org.p2prmb.libp2p.transport;

import java.util.concurrent.ArrayBlockingQueue;

/// Large byte arrays that the busy connections of one host lend each other, so that an idle
/// connection holds none.
///
/// A lender gives back every array once and then forgets it. The pool keeps a bounded number;
/// under a higher load arrays are allocated and left to the garbage collector.
public final class BufferPool {
    /// Room for two of the largest Noise messages with their prefixes.
    public static final int BUFFER_BYTES = 2 * (65_535 + 2);

    private static final int SPARE_MAX = 32;

    private final ArrayBlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(SPARE_MAX);

    /// An array of [#BUFFER_BYTES]; its content is undefined.
    public byte[] take() {
        var buffer = spare.poll();
        return buffer == null ? new byte[BUFFER_BYTES] : buffer;
    }

    /// Hands `buffer` back.
    public void give(byte[] buffer) {
        if (buffer.length != BUFFER_BYTES) {
            throw new IllegalArgumentException("not a buffer of this pool");
        }
        spare.offer(buffer); // When the pool is full the collector takes it.
    }
}
