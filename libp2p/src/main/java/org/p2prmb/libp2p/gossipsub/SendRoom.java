package org.p2prmb.libp2p.gossipsub;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The bytes of messages that may wait for all peers of a router together, and how much was dropped
/// for want of them.
///
/// A queue may hold an eighth of what is free: the less is left, the less each may hold. So peers
/// that read nothing, however many, leave room for those who do. A queue that has nothing may take
/// one message of up to half of it.
final class SendRoom {
    private static final int SHARE = 8;

    private final AtomicLong free;
    private final LongAdder dropped;

    SendRoom(long bytesMax, LongAdder dropped) {
        this.free = new AtomicLong(bytesMax);
        this.dropped = dropped;
    }

    /// How much one queue may hold now.
    long share() {
        return free.get() / SHARE;
    }

    /// Room for `more` bytes in a queue that has `held` already; false when that is not to be had.
    boolean take(long held, int more) {
        var left = free.get();
        while (held + more <= (left - more) / SHARE // Within its share after that, too.
                || held == 0 && more <= left / 2) {
            var seen = free.compareAndExchange(left, left - more);
            if (seen == left) {
                return true;
            }
            left = seen;
        }
        return false;
    }

    void give(long bytes) {
        free.addAndGet(bytes);
    }

    /// Something was not sent.
    void dropped() {
        dropped.increment();
    }

    long free() {
        return free.get();
    }
}
