package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Many streams over one secure channel: the shell around [YamuxMachine].
///
/// Three virtual threads serve a session. The reader takes frames apart, the writer sends batches,
/// the timer watches the clock. Application threads touch memory under one lock and wait for
/// nothing but window, room and data.
///
/// ```
/// application   write -> [batch] -> writer -> channel
///               read  <- [slices of each stream] <- reader <- channel
/// ```
public final class YamuxSession implements AutoCloseable {
    private final Switchboard board;

    private YamuxSession(
            SecureChannel channel,
            boolean dialer,
            YamuxConfig config,
            WindowBudget budget,
            YamuxListener listener) {
        board = new Switchboard(this, channel, dialer, config, budget, listener);
    }

    /// Starts to multiplex `channel`, which belongs to the session from now on.
    ///
    /// @param dialer true on the side that opened the connection
    /// @param budget the memory that the session's windows may grow by
    public static YamuxSession start(
            SecureChannel channel,
            boolean dialer,
            YamuxConfig config,
            WindowBudget budget,
            YamuxListener listener) {
        var session = new YamuxSession(channel, dialer, config, budget, listener);
        session.board.start();
        return session;
    }

    /// Opens a stream, waiting at most `limit` while too many are open or unacknowledged. The
    /// remote hears of it with the first bytes written, or when we first wait for its bytes.
    ///
    /// Throws [SocketTimeoutException] when `limit` has passed, and [IOException] when the
    /// connection is closed or takes no more streams.
    public YamuxStream open(Duration limit) throws IOException {
        board.lock();
        try {
            awaitRoomToOpen(board.now().plus(limit));
            return board.open();
        } finally {
            board.unlock();
        }
    }

    private void awaitRoomToOpen(Instant until) throws IOException {
        while (true) {
            checkOpen();
            if (board.machine().canOpen()) {
                return;
            }
            if (board.machine().closing()) {
                throw new IOException("the connection takes no more streams");
            }
            var thread = Thread.currentThread();
            board.openers().add(thread);
            try {
                parkUntil(until, "a stream to open");
            } finally {
                board.openers().remove(thread);
            }
        }
    }

    /// Measures the round trip to the remote's multiplexer, our send queue included.
    public Duration ping(Duration limit) throws IOException {
        board.lock();
        var pong = new Switchboard.Pong();
        board.pongs().add(pong);
        try {
            var until = board.now().plus(limit);
            board.apply(new YamuxMachine.Ping());
            board.flush();
            board.arm();
            var roundTrip = pong.roundTrip;
            while (roundTrip == null) {
                checkOpen();
                parkUntil(until, "a pong");
                roundTrip = pong.roundTrip;
            }
            return roundTrip;
        } finally {
            board.pongs().remove(pong);
            board.unlock();
        }
    }

    /// Tells the remote to open no more streams; those that live go on.
    ///
    /// @param code 0 normal, 1 protocol error, 2 internal error, or an application's own
    public void goAway(long code) {
        board.lock();
        try {
            board.apply(new YamuxMachine.Leave(code));
            board.flush();
        } finally {
            board.unlock();
        }
    }

    /// Tells the remote that we leave and closes when what was written has been sent. Does not
    /// wait for that; streams fail at once.
    @Override
    public void close() {
        board.lock();
        try {
            board.close(YamuxMachine.NORMAL, "closed by us");
        } finally {
            board.unlock();
        }
    }

    public boolean isOpen() {
        return closeReason().isEmpty();
    }

    /// Whether a stream can still be opened, now or when others have ended: false also once the
    /// remote has said that it takes no more.
    public boolean takesStreams() {
        board.lock();
        try {
            return board.endReason() == null && !board.machine().closing();
        } finally {
            board.unlock();
        }
    }

    /// Why the session ended; empty while it lives.
    public Optional<String> closeReason() {
        board.lock();
        try {
            return Optional.ofNullable(board.endReason());
        } finally {
            board.unlock();
        }
    }

    /// Streams that live on the wire, of both sides.
    public int streams() {
        board.lock();
        try {
            return board.machine().streams();
        } finally {
            board.unlock();
        }
    }

    /// Bytes that came for streams so far, headers excluded.
    public long bytesRead() {
        board.lock();
        try {
            return board.bytesRead();
        } finally {
            board.unlock();
        }
    }

    /// Bytes of streams that were sent or are about to be, headers excluded.
    public long bytesWritten() {
        board.lock();
        try {
            return board.bytesWritten();
        } finally {
            board.unlock();
        }
    }

    private void checkOpen() throws IOException {
        var reason = board.endReason();
        if (reason != null) {
            throw new IOException("connection is closed: " + reason);
        }
    }

    /// Gives the lock up and waits to be woken, for no reason at times.
    private void parkUntil(Instant until, String what) throws IOException {
        var left = Duration.between(board.now(), until);
        if (!left.isPositive()) {
            throw new SocketTimeoutException("no time left to wait for " + what);
        }
        board.unlock();
        try {
            LockSupport.parkNanos(this, left.toSeconds() > 3600 ? Long.MAX_VALUE : left.toNanos());
        } finally {
            board.lock();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for " + what);
        }
    }
}
