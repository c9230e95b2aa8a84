package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/// The only thread that writes to the channel: gathers all frames that are ready into one batch
/// while the batch before is encrypted and sent.
///
/// Whoever makes a frame appends it to the batch under the session's lock and wakes this thread if
/// it waits. Under load it comes late, behind the threads that make frames, and finds many.
final class SessionWriter implements Runnable {
    /// What two messages of a Noise channel carry.
    static final int BATCH_BYTES_MAX = 2 * 65_519;

    private static final int BATCH_BYTES_MIN = 512;
    private static final byte[] NOTHING = {};

    private final Switchboard board;
    private final SecureChannel channel;
    private final Thread thread;

    // Guarded by the session's lock; `writing` is the thread's own between two swaps.
    private byte[] batch = NOTHING;
    private int used;
    private byte[] writing = NOTHING;
    private int writingBytes;
    private Instant writingSince = Instant.MAX;
    private boolean waiting;
    private boolean closing;

    SessionWriter(Switchboard board, SecureChannel channel) {
        this.board = board;
        this.channel = channel;
        this.thread = board.thread("yamux-writer", this);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (swap()) {
                channel.write(writing, 0, writingBytes);
            }
            channel.close();
        } catch (IOException e) {
            board.cut("writing failed: " + e.getMessage());
        }
    }

    /// Waits for frames and makes them the ones to write; false when all is written at the end.
    private boolean swap() {
        board.lock();
        try {
            writingSince = Instant.MAX;
            board.fill();
            while (used == 0) {
                if (closing) {
                    return false;
                }
                waiting = true;
                board.unlock();
                LockSupport.park(this);
                board.lock();
                waiting = false;
                board.fill();
            }
            var written = writing;
            writing = batch;
            writingBytes = used;
            batch = written;
            used = 0;
            writingSince = board.now();
            board.arm();
            // Threads that waited for room go on while we write.
            board.fill();
            return true;
        } finally {
            board.unlock();
        }
    }

    // What follows is called with the session's lock held.

    int room() {
        return BATCH_BYTES_MAX - used;
    }

    /// Makes room for `bytes` and returns the array to write them to, at the offset [#used].
    byte[] append(int bytes) {
        var needed = used + bytes;
        if (needed > batch.length) {
            var capacity =
                    Math.clamp(
                            Math.max(4L * batch.length, BATCH_BYTES_MIN), needed, BATCH_BYTES_MAX);
            var larger = new byte[capacity];
            System.arraycopy(batch, 0, larger, 0, used);
            batch = larger;
        }
        used = needed;
        return batch;
    }

    int used() {
        return used;
    }

    /// Lets the thread write what the batch holds.
    void flush() {
        if (used > 0) {
            wake();
        }
    }

    void wake() {
        if (waiting) {
            waiting = false;
            board.wake(thread);
        }
    }

    /// Writes what there is, then closes the channel.
    void close() {
        closing = true;
        wake();
    }

    /// When the write that is under way began; `Instant.MAX` when there is none.
    Instant writingSince() {
        return writingSince;
    }

    /// Lets go of the buffers when they are not in use.
    void releaseIfQuiet() {
        if (waiting && used == 0) {
            batch = NOTHING;
            writing = NOTHING;
        }
    }
}
