package org.p2prmb.libp2p.yamux;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One flow-controlled byte stream of a [YamuxSession].
///
/// One thread may read while another writes. Calls block the calling thread; an interrupt ends the
/// wait with [InterruptedIOException].
public final class YamuxStream implements AutoCloseable {
    /// Less is copied while the lock is held rather than taking the lock twice.
    private static final int LOCKED_COPY_BYTES_MAX = 4 << 10;

    private static final byte[] NOTHING = new byte[0];

    private final YamuxSession session;
    private final int id;
    private final boolean outbound;

    // Guarded by the session's lock, all of it.
    private final ReceiveQueue received = new ReceiveQueue();
    private byte[] unsent = NOTHING;
    private int unsentFrom;
    private int unsentTo;
    private Instant deadline = Instant.MAX;
    private @Nullable Thread reader;
    private @Nullable Thread writer;
    private @Nullable Failure failure;
    private boolean remoteFinished;
    private boolean finished;
    private boolean closed;

    private record Failure(String reason, boolean timeout) {
        IOException exception() {
            return timeout ? new SocketTimeoutException(reason) : new IOException(reason);
        }
    }

    YamuxStream(YamuxSession session, int id, boolean outbound) {
        this.session = session;
        this.id = id;
        this.outbound = outbound;
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

    /// Bounds the whole rest of the exchange: when `limit` has passed, waiting calls throw
    /// [SocketTimeoutException] and the stream is reset.
    public void deadline(Duration limit) {
        session.lock();
        try {
            deadline = session.now().plus(limit);
            session.timer().arm(deadline);
        } finally {
            session.unlock();
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
        session.lock();
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
            session.unlock();
        }
        System.arraycopy(slice.data, slice.from, into, offset, bytes);
        session.lock();
        try {
            // A reset in between has emptied the queue.
            if (slice == received.head()) {
                consume(slice, bytes);
            }
            return bytes;
        } finally {
            session.unlock();
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
                session.apply(new YamuxMachine.Awaiting(id));
                session.flush();
            }
            reader = Thread.currentThread();
            park();
            reader = null;
        }
        return true;
    }

    private void consume(ReceiveQueue.Slice slice, int bytes) {
        received.advance(slice, bytes, session.pool());
        session.apply(new YamuxMachine.Consumed(id, bytes));
        session.flush();
    }

    /// Queues all of `from[offset, offset + length)`, waiting for window and queue room; the array
    /// may be reused when the call returns. Bytes leave without a flush.
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        if (length == 0) {
            return;
        }
        session.lock();
        try {
            checkUsable();
            if (finished) {
                throw new IOException("stream is closed for writing");
            }
            unsent = from;
            unsentFrom = offset;
            unsentTo = offset + length;
            session.apply(new YamuxMachine.Write(id, length));
            session.flush();
            awaitSent();
        } finally {
            unsent = NOTHING;
            session.unlock();
        }
    }

    private void awaitSent() throws IOException {
        while (unsentFrom < unsentTo) {
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
        session.lock();
        try {
            checkUsable();
            finish();
        } finally {
            session.unlock();
        }
    }

    private void finish() {
        if (!finished) {
            finished = true;
            session.apply(new YamuxMachine.Finish(id));
            session.flush();
        }
    }

    /// Ends the stream at once in both directions; the remote sees a reset. Never throws.
    public void reset() {
        session.lock();
        try {
            abort("stream was reset by us", false);
        } finally {
            session.unlock();
        }
    }

    /// Half-closes if that is still to do and gives up reading. A remote that does not finish
    /// within [YamuxConfig#linger] is reset; what it sends until then is dropped, so that it still
    /// gets what we wrote.
    @Override
    public void close() {
        session.lock();
        try {
            if (!closed && failure == null) {
                closed = true;
                finished = true;
                received.clear();
                wake();
                session.apply(new YamuxMachine.Abandon(id));
                session.flush();
                session.timer().arm(session.nextTick());
            }
        } finally {
            session.unlock();
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw failure.exception();
        }
        if (closed) {
            throw new IOException("stream is closed");
        }
        if (!session.now().isBefore(deadline)) {
            abort("deadline has passed", true);
            throw new SocketTimeoutException("deadline has passed");
        }
    }

    /// Gives the lock up and waits to be woken, for no reason at times.
    private void park() throws InterruptedIOException {
        session.unlock();
        try {
            LockSupport.park(this);
        } finally {
            session.lock();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for stream " + id);
        }
    }

    private void abort(String reason, boolean timeout) {
        if (failure == null && !closed) {
            session.apply(new YamuxMachine.Reset(id));
            session.forget(this);
            session.flush();
            fail(reason, timeout);
            received.clear();
        }
    }

    private void wake() {
        session.wake(reader);
        session.wake(writer);
    }

    // What follows is called by the session, which holds the lock.

    Instant deadline() {
        return deadline;
    }

    void expire() {
        abort("deadline has passed", true);
    }

    /// Takes bytes that came. True when `from` is a chunk that the stream keeps.
    boolean deliver(byte[] from, int offset, int length) {
        session.wake(reader);
        if (from.length == ChunkPool.CHUNK_BYTES && length >= ChunkPool.CHUNK_BYTES / 2) {
            received.appendChunk(from, offset, length);
            return true;
        }
        received.appendCopy(from, offset, length);
        return false;
    }

    void remoteFinished() {
        remoteFinished = true;
        session.wake(reader);
    }

    /// The remote reset the stream: what it sent before is void.
    void aborted(long code) {
        fail("stream was reset by the remote, code " + code, false);
        received.clear();
    }

    /// The stream can do no more; what was delivered may still be read.
    void fail(String reason, boolean timeout) {
        if (failure == null) {
            failure = new Failure(reason, timeout);
        }
        wake();
    }

    /// Copies the next bytes of the write that waits.
    void send(byte[] into, int offset, int length) {
        System.arraycopy(unsent, unsentFrom, into, offset, length);
        unsentFrom += length;
        if (unsentFrom == unsentTo) {
            session.wake(writer);
        }
    }
}
