package org.p2prmb.libp2p.yamux;

import java.util.ArrayDeque;

/// Buffers of one session that the channel reads into and streams read from, used again and again
/// while bulk data flows and let go when it stops. Guarded by the session's lock.
final class ChunkPool {
    /// Room for the largest message of a Noise or TLS channel.
    static final int CHUNK_BYTES = 64 << 10;

    private static final int FREE_MAX = 16;

    private final ArrayDeque<byte[]> free = new ArrayDeque<>();
    private boolean used;

    byte[] take() {
        used = true;
        var chunk = free.poll();
        return chunk == null ? new byte[CHUNK_BYTES] : chunk;
    }

    /// Takes a chunk back to which nobody refers any more.
    void give(byte[] chunk) {
        if (free.size() < FREE_MAX) {
            free.push(chunk);
        }
    }

    /// Lets go of everything when no chunk was taken since the last call, and of half else: a
    /// session that is just busy enough does not keep what it needed once.
    void release() {
        var kept = used ? free.size() / 2 : 0;
        while (free.size() > kept) {
            free.poll();
        }
        used = false;
    }
}
