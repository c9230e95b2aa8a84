package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/// One flow-controlled byte stream of a [YamuxSession].
///
/// One thread may read while another writes. Calls block the calling thread; an interrupt ends the
/// wait with [InterruptedIOException].
public final class YamuxStream implements AutoCloseable {
    /// Less is copied while the lock is held rather than taking the lock twice.
    private static final int LOCKED_COPY_BYTES_MAX = 4 << 10;

    private static final String NO_MEMORY = "no memory is left for what the remote sends";

    private final YamuxSession session;
    private final Switchboard board;
    private final int id;
    private final boolean outbound;

    // Guarded by the session's lock, all of it.
    private final ReceiveQueue received;
    private final HeldEnd heldEnd = new HeldEnd();
    private final PendingWrite unsent = new PendingWrite();
    private Instant deadline = Instant.MAX;
    private @Nullable Thread reader;
    private @Nullable Thread writer;
    private @Nullable StreamFailure failure;
    private boolean remoteFinished;
    private boolean finished;
    private boolean closed;
    private boolean released;

    /// The machine knows the stream; afterwards its id may be another stream's.
    private boolean live = true;

    YamuxStream(YamuxSession session, Switchboard board, int id, boolean outbound) {
        this.session = session;
        this.board = board;
        this.id = id;
        this.outbound = outbound;
        this.received = new ReceiveQueue(board.unread());
    }

    public YamuxSession session() {
        return session;
    }

    /// The stream's number on the wire, unsigned.
    public int id() {
        return id;
    }

    /// True when we opened it.
    public boolean outbound() {
        return outbound;
    }

    /// Takes what the stream holds from `budget`, too, and resets it when that has no room for what
    /// has come. Called once, before anything is read.
    public void charge(WindowBudget budget) {
        board.lock();
        try {
            if (live) {
                board.machine().charge(id, budget);
            }
            if (!received.charge(budget)) {
                abort(NO_MEMORY, false);
            }
        } finally {
            board.unlock();
        }
    }

    /// Bounds the whole rest of the exchange: when `limit` has passed, waiting calls throw
    /// [SocketTimeoutException] and the stream is reset.
    public void deadline(Duration limit) {
        board.lock();
        try {
            deadline = board.now().plus(limit);
            board.arm(deadline);
        } finally {
            board.unlock();
        }
    }

    /// Reads at least one byte, at most `length`; -1 when the remote finished.
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        ReceiveQueue.Slice slice;
        int bytes;
        board.lock();
        try {
            if (!awaitData()) {
                return -1;
            }
            slice = Objects.requireNonNull(received.head());
            bytes = Math.min(length, slice.bytes());
            if (bytes <= LOCKED_COPY_BYTES_MAX) {
                System.arraycopy(slice.data, slice.from, into, offset, bytes);
                consume(slice, bytes);
                return bytes;
            }
        } finally {
            board.unlock();
        }
        System.arraycopy(slice.data, slice.from, into, offset, bytes);
        board.lock();
        try {
            // A reset in between has emptied the queue.
            if (slice == received.head()) {
                consume(slice, bytes);
            }
            return bytes;
        } finally {
            board.unlock();
        }
    }

    /// Waits until there is data; false at the end of the stream.
    private boolean awaitData() throws IOException {
        var announced = false;
        while (received.isEmpty()) {
            if (remoteFinished) {
                return false;
            }
            checkUsable();
            if (!announced) {
                announced = true;
                apply(new YamuxMachine.Awaiting(id));
                board.flush();
            }
            reader = Thread.currentThread();
            try {
                park();
            } finally {
                reader = null;
            }
        }
        return true;
    }

    private void consume(ReceiveQueue.Slice slice, int bytes) {
        received.advance(slice, bytes, board.pool());
        apply(new YamuxMachine.Consumed(id, bytes));
        board.flush();
    }

    /// Queues all of `from[offset, offset + length)`, waiting for window and queue room; the array
    /// may be reused when the call returns. Bytes leave without a flush.
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        if (length == 0) {
            return;
        }
        board.lock();
        try {
            checkUsable();
            if (finished) {
                throw new IOException("stream is closed for writing");
            }
            if (unsent.waits()) {
                throw new IllegalStateException("two threads write to stream " + id);
            }
            send(from, offset, length);
        } finally {
            board.unlock();
        }
    }

    private void send(byte[] from, int offset, int length) throws IOException {
        unsent.begin(from, offset, length);
        try {
            apply(new YamuxMachine.Write(id, length));
            board.flush();
            awaitSent();
        } finally {
            unsent.end();
        }
    }

    private void awaitSent() throws IOException {
        while (unsent.waits()) {
            checkUsable();
            writer = Thread.currentThread();
            try {
                park();
            } catch (InterruptedIOException e) {
                // The remote would miss bytes in the middle.
                abort("interrupted while writing", false);
                throw e;
            } finally {
                writer = null;
            }
        }
    }

    /// Half-closes: the remote reads end of stream, we may still read.
    public void closeWrite() throws IOException {
        board.lock();
        try {
            checkUsable();
            finish();
        } finally {
            board.unlock();
        }
    }

    private void finish() {
        if (!finished) {
            finished = true;
            apply(heldEnd.hold(new YamuxMachine.Finish(id)));
            board.flush();
        }
    }

    /// From now on the end of our side waits until the remote has sent something.
    public void endAfterAnswer() {
        board.lock();
        heldEnd.untilAnswered();
        board.unlock();
    }

    /// Ends the stream at once in both directions; the remote sees a reset. Never throws.
    public void reset() {
        board.lock();
        try {
            abort("stream was reset by us", false);
            release();
        } finally {
            board.unlock();
        }
    }

    /// Half-closes if that is still to do and gives up reading. A remote that does not finish
    /// within [YamuxConfig#linger] is reset; what it sends until then is dropped, so that it still
    /// gets what we wrote. A write that another thread waits for is cut, and the stream reset.
    @Override
    public void close() {
        board.lock();
        try {
            if (unsent.waits()) {
                abort("stream was closed while writing", false);
            }
            if (!closed) {
                closed = true;
                finished = true;
                received.clear();
                board.dropBody(this);
                wake();
                apply(heldEnd.hold(new YamuxMachine.Abandon(id)));
                if (heldEnd.waits()) {
                    deadline = board.now().plus(HeldEnd.WAIT_MAX);
                    board.arm(deadline);
                }
                board.flush();
                board.arm();
            }
            release();
        } finally {
            board.unlock();
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw failure.exception();
        }
        if (closed) {
            throw new IOException("stream is closed");
        }
        if (!board.now().isBefore(deadline)) {
            abort("deadline has passed", true);
            throw new SocketTimeoutException("deadline has passed");
        }
    }

    /// Gives the lock up and waits to be woken, for no reason at times.
    private void park() throws InterruptedIOException {
        board.unlock();
        try {
            LockSupport.park(this);
        } finally {
            board.lock();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for stream " + id);
        }
    }

    private void abort(String reason, boolean timeout) {
        if (failure == null && (!closed || heldEnd.drop() != null)) {
            apply(new YamuxMachine.Reset(id));
            gone();
            board.forget(this);
            board.flush();
            fail(reason, timeout);
            received.clear();
        }
    }

    private void apply(YamuxMachine.@Nullable Event event) {
        if (live && event != null) {
            board.apply(event);
        }
    }

    private void wake() {
        board.wake(reader);
        board.wake(writer);
    }

    // What follows is called by the session, which holds the lock.

    Instant deadline() {
        return deadline;
    }

    boolean failed() {
        return failure != null;
    }

    /// The application lets go; until then an inbound stream counts as one that it serves.
    void release() {
        if (!released) {
            released = true;
            received.clear(); // Also of one that failed before, whose data nobody will read.
            if (!outbound) {
                board.apply(new YamuxMachine.Released());
            }
        }
    }

    /// The stream is over on the wire.
    void gone() {
        live = false;
    }

    void expire() {
        abort("deadline has passed", true);
    }

    /// Takes bytes that came. True when `from` is a chunk that the stream keeps.
    boolean deliver(byte[] from, int offset, int length) {
        apply(heldEnd.answered());
        if (closed) {
            return false;
        }
        if (!received.reserve(length)) {
            abort(NO_MEMORY, false);
            return false;
        }
        board.wake(reader);
        if (from.length == ChunkPool.CHUNK_BYTES && length >= ChunkPool.CHUNK_BYTES / 2) {
            received.appendChunk(from, offset, length);
            return true;
        }
        received.appendCopy(from, offset, length);
        return false;
    }

    void remoteFinished() {
        apply(heldEnd.answered());
        remoteFinished = true;
        board.wake(reader);
    }

    /// The remote reset the stream: what it sent before is void.
    void aborted(long code) {
        gone();
        fail("stream was reset by the remote, code " + code, false);
        received.clear();
    }

    /// The stream can do no more; what was delivered may still be read.
    void fail(String reason, boolean timeout) {
        if (failure == null) {
            failure = new StreamFailure(reason, timeout);
        }
        wake();
    }

    /// Copies the next bytes of the write that waits.
    void copyUnsent(byte[] into, int offset, int length) {
        unsent.copy(into, offset, length);
        if (!unsent.waits()) {
            board.wake(writer);
        }
    }
}
