package org.p2prmb.libp2p.yamux;

import java.util.concurrent.atomic.AtomicLong;

/// The budget of a process: one instance serves all its connections, from any thread.
public final class SharedWindowBudget implements WindowBudget {
    private final AtomicLong left;

    public SharedWindowBudget(long bytesMax) {
        left = new AtomicLong(bytesMax);
    }

    @Override
    public boolean reserve(long bytes) {
        var before = left.get();
        while (before >= bytes) {
            var seen = left.compareAndExchange(before, before - bytes);
            if (seen == before) {
                return true;
            }
            before = seen;
        }
        return false;
    }

    @Override
    public void release(long bytes) {
        left.addAndGet(bytes);
    }

    /// Bytes that may still be taken.
    public long left() {
        return left.get();
    }
}
