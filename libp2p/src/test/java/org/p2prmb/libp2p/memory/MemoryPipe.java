package org.p2prmb.libp2p.memory;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// One direction of a [MemoryStream]: a bounded queue of written chunks.
final class MemoryPipe {
    private static final int CHUNKS_MAX = 64;
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_MAX);
    private volatile boolean broken;
    private byte[] current = END;
    private int at;
    private boolean ended;

    int read(byte[] into, int offset, int length) throws IOException {
        while (at == current.length) {
            if (ended) {
                return -1;
            }
            current = take();
            at = 0;
            ended = current.length == 0;
        }
        var count = Math.min(length, current.length - at);
        System.arraycopy(current, at, into, offset, count);
        at += count;
        return count;
    }

    private byte[] take() throws IOException {
        try {
            var chunk = chunks.take();
            if (broken) {
                throw new IOException("the stream was reset");
            }
            return chunk;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        }
    }

    void write(byte[] from, int offset, int length) throws IOException {
        if (length > 0) {
            put(Arrays.copyOfRange(from, offset, offset + length));
        }
    }

    void end() throws IOException {
        put(END);
    }

    private void put(byte[] chunk) throws IOException {
        try {
            if (broken) {
                throw new IOException("the stream was reset");
            }
            chunks.put(chunk);
            if (broken) {
                breakUp();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing", e);
        }
    }

    /// Reader and writer fail from now on.
    void breakUp() {
        broken = true;
        chunks.clear();
        chunks.offer(END);
    }
}
