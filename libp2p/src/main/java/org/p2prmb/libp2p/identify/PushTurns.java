package org.p2prmb.libp2p.identify;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// When a peer's pushes are listened to: a few at once, and then one each interval. Of those of one
/// connection that wait for their turn only the newest stays, for it says all that they said.
final class PushTurns {
    static final int BURST = 16;

    private final InstantSource clock;
    private final Duration interval;
    private final TokenBuckets<PeerId> tokens; // Guarded by itself.

    /// The push of each connection that came last, while it waits; counted down when it is over.
    private final ConcurrentMap<Connection, CountDownLatch> newest = new ConcurrentHashMap<>();

    PushTurns(InstantSource clock, Duration interval) {
        this.clock = clock;
        this.interval = interval;
        this.tokens = new TokenBuckets<>(interval, BURST);
    }

    /// Waits for the turn of a push of `connection`; false when another came meanwhile, the
    /// connection ended, or about `limit` passed.
    boolean await(Connection connection, Duration limit) throws InterruptedException {
        var over = new CountDownLatch(1);
        end(newest.put(connection, over));
        try {
            var waited = Duration.ZERO;
            while (!take(connection.remotePeer())) {
                if (waited.compareTo(limit) >= 0
                        || over.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                    return false;
                }
                waited = waited.plus(interval);
            }
            return true;
        } finally {
            newest.remove(connection, over);
        }
    }

    private boolean take(PeerId peer) {
        synchronized (tokens) {
            return tokens.take(peer, clock.instant());
        }
    }

    /// The connection has ended: nobody need wait for it.
    void forget(Connection connection) {
        end(newest.remove(connection));
    }

    /// Connections whose pushes wait.
    int waiting() {
        return newest.size();
    }

    private static void end(@Nullable CountDownLatch waiting) {
        if (waiting != null) {
            waiting.countDown();
        }
    }
}
