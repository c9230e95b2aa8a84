package org.p2prmb.libp2p.yamux;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/// Does what is due by the clock for one session: keep-alive, deadlines, stalled writes, and
/// letting go of buffers.
///
/// It is the only thread that waits for a time: a stream with a deadline waits for an event, and
/// most deadlines never come, so most of them never set a timer.
final class SessionTimer implements Runnable {
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final Switchboard board;
    private final Thread thread;
    private Instant armed = Instant.MIN;

    SessionTimer(Switchboard board) {
        this.board = board;
        this.thread = board.thread("yamux-timer", this);
    }

    void start() {
        thread.start();
    }

    /// Makes sure that `due` is not missed; the session's lock is held.
    void arm(Instant due) {
        if (due.isBefore(armed)) {
            armed = due;
            board.wake(thread);
        }
    }

    @Override
    public void run() {
        board.lock();
        try {
            while (!board.terminated()) {
                var now = board.now();
                // Woken early only to sleep shorter: what was armed for may be over when it comes,
                // so looking now would have every batch of frames wake this thread.
                if (!now.isBefore(armed)) {
                    armed = now.plus(WAIT_MAX);
                    var due = board.tick(now);
                    armed = due.isBefore(armed) ? due : armed;
                }
                var wait = Duration.between(now, armed);
                board.unlock();
                LockSupport.parkNanos(this, wait.toNanos());
                board.lock();
            }
        } finally {
            board.unlock();
        }
    }
}
