package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;

/// The memory of what came for the streams of a session, or for one of them, and nobody has read.
///
/// Each may hold [#FREE_BYTES]; what is above is taken from its [WindowBudget] in steps, so that a
/// stream that is read as it comes costs nothing.
@Pure
final class UnreadMemory {
    /// Enough for a request of each of many streams.
    static final long FREE_BYTES = 64 << 10;

    private static final long STEP_BYTES = 64 << 10;

    private final WindowBudget budget;
    private long bytes;
    private long taken;

    UnreadMemory(WindowBudget budget) {
        this.budget = budget;
    }

    /// False, and nothing is added, when the budget has no more.
    boolean add(long more) {
        var lacking = needed(bytes + more) - taken;
        if (lacking > 0) {
            if (!budget.hold(lacking)) {
                return false;
            }
            taken += lacking;
        }
        bytes += more;
        return true;
    }

    void remove(long less) {
        bytes -= less;
        var spare = taken - needed(bytes);
        // Two steps are kept, for what goes up and down all the time.
        if (spare > 0 && (spare > 2 * STEP_BYTES || needed(bytes) == 0)) {
            budget.release(spare);
            taken -= spare;
        }
    }

    /// In whole steps.
    private static long needed(long bytes) {
        return Math.ceilDiv(Math.max(0, bytes - FREE_BYTES), STEP_BYTES) * STEP_BYTES;
    }
}
