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

    private final YamuxSession session;
    private final Thread thread;
    private Instant armed = Instant.MIN;

    SessionTimer(YamuxSession session, String name) {
        this.session = session;
        this.thread = Thread.ofVirtual().name(name).unstarted(session.supervised(this));
    }

    void start() {
        thread.start();
    }

    /// Makes sure that `due` is not missed; the session's lock is held.
    void arm(Instant due) {
        if (due.isBefore(armed)) {
            armed = due;
            session.wake(thread);
        }
    }

    @Override
    public void run() {
        session.lock();
        try {
            while (!session.terminated()) {
                var now = session.now();
                // So that what becomes due while we look at it is looked at again.
                armed = now.plus(WAIT_MAX);
                var due = session.tick(now);
                armed = due.isBefore(armed) ? due : armed;
                var wait = Duration.between(now, armed);
                session.unlock();
                LockSupport.parkNanos(this, wait.toNanos());
                session.lock();
            }
        } finally {
            session.unlock();
        }
    }
}
