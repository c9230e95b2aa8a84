package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;

/// What the remote may still send on one stream, and when it is told that it may send more.
///
/// ```
/// sizeBytes = credit (may still come) + unread (came, not consumed) + owed (consumed, not told)
/// ```
///
/// Credit is only given for what the application consumed, so a slow reader stops its sender. The
/// window doubles when an update falls due within [#FAST_ROUND_TRIPS] round trips of the one
/// before: then the window, not the reader, was the limit.
@Pure
final class ReceiveWindow {
    static final int INITIAL_BYTES = 256 << 10;
    static final int FAST_ROUND_TRIPS = 4;

    /// Of a frame, also of one that nobody reads: as large as a window may grow, for js-libp2p
    /// sends as much in one frame as the window allows. No body is ever held as a whole.
    static final int BODY_BYTES_MAX = 16 << 20;

    private long sizeBytes = INITIAL_BYTES;
    private long credit = INITIAL_BYTES;
    private long unread;
    private Instant lastUpdate;
    private WindowBudget budget = WindowBudget.UNLIMITED;

    ReceiveWindow(Instant now) {
        lastUpdate = now;
    }

    /// What the stream itself may grow by, while its connection can afford it.
    WindowBudget budget() {
        return budget;
    }

    /// Set once, while the window has not grown.
    void budget(WindowBudget ofStream) {
        budget = ofStream;
    }

    /// Takes the credit for a body of `bytes`; false when the remote sends more than it may.
    boolean accept(long bytes) {
        if (bytes > credit) {
            return false;
        }
        credit -= bytes;
        unread += bytes;
        return true;
    }

    void consume(long bytes) {
        if (bytes > unread) {
            throw new IllegalStateException(bytes + " bytes consumed of " + unread);
        }
        unread -= bytes;
    }

    private long owed() {
        return sizeBytes - credit - unread;
    }

    /// True when half the window or more was consumed since the remote last heard of it.
    boolean updateDue() {
        return owed() >= sizeBytes / 2;
    }

    /// True when the remote may not yet know how fast we read: what growing would wait for.
    boolean growsWithin(Instant now, Duration roundTrip) {
        return now.isBefore(lastUpdate.plus(roundTrip.multipliedBy(FAST_ROUND_TRIPS)));
    }

    long sizeBytes() {
        return sizeBytes;
    }

    void grow(long bytes) {
        sizeBytes += bytes;
    }

    /// The credit to tell the remote; from here on it counts as given.
    long update(Instant now) {
        var owed = owed();
        credit += owed;
        lastUpdate = now;
        return owed;
    }
}
