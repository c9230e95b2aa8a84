package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;

/// Doubles the receive windows of fast streams as far as stream, connection and host can afford it.
@Pure
final class WindowGrowth {
    private final long windowBytesMax;
    private final WindowBudget budget;

    WindowGrowth(YamuxConfig config, WindowBudget budget) {
        this.windowBytesMax = config.windowBytesMax();
        this.budget = budget;
    }

    /// Doubles `window` if an update is due so soon after the last that the window was the limit.
    void grow(ReceiveWindow window, Instant now, Duration roundTrip) {
        var step = Math.min(window.sizeBytes(), windowBytesMax - window.sizeBytes());
        if (step > 0 && window.growsWithin(now, roundTrip) && reserve(window.budget(), step)) {
            window.grow(step);
        }
    }

    private boolean reserve(WindowBudget ofStream, long step) {
        if (!ofStream.reserve(step)) {
            return false;
        }
        if (!budget.reserve(step)) {
            ofStream.release(step);
            return false;
        }
        return true;
    }

    /// Gives back what the window of a stream that is over had grown by.
    void release(ReceiveWindow window) {
        var had = window.sizeBytes() - ReceiveWindow.INITIAL_BYTES;
        if (had > 0) {
            budget.release(had);
            window.budget().release(had);
        }
    }
}
