package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;

/// Since when nobody has used a connection.
///
/// ```
/// IN USE  <- began / ended ->  IDLE  -- of no use for the limit -->  RETIRED
/// ```
///
/// Whoever retires a connection closes it: nothing begins on it any more.
@Pure
final class IdleClock {
    private int uses;
    private Instant since;
    private boolean retired;

    IdleClock(Instant now) {
        since = now;
    }

    /// A stream begins; false when the connection is retired.
    boolean began() {
        if (!retired) {
            uses++;
        }
        return !retired;
    }

    /// A stream that began has ended, or is no reason to keep the connection any more.
    void ended(Instant now) {
        uses--;
        since = now;
    }

    /// Somebody was given the connection and is about to use it; false when it is retired.
    boolean touched(Instant now) {
        since = now;
        return !retired;
    }

    /// Whether nothing has been going on for `limit`, so that it is to be closed.
    boolean isIdle(Instant now, Duration limit) {
        return uses == 0 && !now.isBefore(since.plus(limit));
    }

    /// True at the moment in which an idle connection becomes a retired one.
    boolean retires(Instant now, Duration limit) {
        if (retired || !isIdle(now, limit)) {
            return false;
        }
        retired = true;
        return true;
    }

    boolean retired() {
        return retired;
    }
}
