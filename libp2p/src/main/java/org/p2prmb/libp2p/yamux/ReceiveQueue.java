package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;

/// The bytes that came for one stream and were not read: a list of slices, nothing when empty.
///
/// Memory is bounded by the window, not by what a remote does with it: a chunk is kept as it is
/// only when the slice is at least half of it; smaller bodies are copied together, so a flood of
/// one-byte frames costs one byte each. Guarded by the session's lock.
final class ReceiveQueue {
    private static final int COPY_BYTES_MAX = 16 << 10;

    private final UnreadMemory ofSession;
    private UnreadMemory ofStream = new UnreadMemory(WindowBudget.UNLIMITED);
    private long bytes;
    private @Nullable Slice head;
    private @Nullable Slice tail;

    /// Part of an array; bytes before `from` were read, bytes after `to` may still be written to
    /// unless the array is a pool's chunk.
    static final class Slice {
        final byte[] data;
        final boolean chunk;
        int from;
        int to;
        private @Nullable Slice next;

        Slice(byte[] data, int from, int to, boolean chunk) {
            this.data = data;
            this.from = from;
            this.to = to;
            this.chunk = chunk;
        }

        int bytes() {
            return to - from;
        }
    }

    ReceiveQueue(UnreadMemory ofSession) {
        this.ofSession = ofSession;
    }

    /// Counts what is here, and what comes, with `budget` too; false when that has no room for it.
    /// Once, before anything is read.
    boolean charge(WindowBudget budget) {
        var charged = new UnreadMemory(budget);
        if (!charged.add(counted(bytes))) {
            return false;
        }
        ofStream = charged;
        return true;
    }

    /// Takes the memory for `length` bytes that are then appended; false when there is none.
    boolean reserve(int length) {
        var more = counted(bytes + length) - counted(bytes);
        if (!ofStream.add(more)) {
            return false;
        }
        if (!ofSession.add(more)) {
            ofStream.remove(more);
            return false;
        }
        bytes += length;
        return true;
    }

    private void release(long length) {
        var less = counted(bytes) - counted(bytes - length);
        ofStream.remove(less);
        ofSession.remove(less);
        bytes -= length;
    }

    /// What is above the first window was paid for when the window grew.
    private static long counted(long bytes) {
        return Math.min(bytes, ReceiveWindow.INITIAL_BYTES);
    }

    boolean isEmpty() {
        return head == null;
    }

    /// The slice to read next. Only its reader moves `from`, so it may copy without the lock.
    @Nullable Slice head() {
        return head;
    }

    /// Appends a slice of a pool's chunk, which belongs to the queue from now on.
    void appendChunk(byte[] chunk, int offset, int length) {
        append(new Slice(chunk, offset, offset + length, true));
    }

    /// Appends a copy.
    void appendCopy(byte[] from, int offset, int length) {
        var fits = 0;
        var last = tail;
        if (last != null && !last.chunk) {
            fits = Math.min(length, last.data.length - last.to);
            System.arraycopy(from, offset, last.data, last.to, fits);
            last.to += fits;
        }
        if (fits < length) {
            var before = last == null || last.chunk ? 0 : last.data.length;
            var rest = length - fits;
            var copy = new byte[Math.max(rest, Math.min(2 * before, COPY_BYTES_MAX))];
            System.arraycopy(from, offset + fits, copy, 0, rest);
            append(new Slice(copy, 0, rest, false));
        }
    }

    private void append(Slice slice) {
        if (tail == null) {
            head = slice;
        } else {
            tail.next = slice;
        }
        tail = slice;
    }

    /// Marks `length` bytes of `slice`, which is the head, as read; a chunk that was read goes to
    /// `pool`.
    void advance(Slice slice, int length, ChunkPool pool) {
        release(length);
        slice.from += length;
        if (slice.from == slice.to) {
            head = slice.next;
            if (head == null) {
                tail = null;
            }
            if (slice.chunk) {
                pool.give(slice.data);
            }
        }
    }

    /// Forgets everything; the slice that is being read stays valid for its reader.
    void clear() {
        release(bytes);
        head = null;
        tail = null;
    }
}
