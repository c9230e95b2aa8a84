package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;

/// Doubles the receive windows of fast streams as far as connection and process can afford it.
@Pure
final class WindowGrowth {
    private final long windowBytesMax;
    private final WindowBudget processBudget;
    private final long bytesMax;
    private long left;

    WindowGrowth(YamuxConfig config, WindowBudget processBudget) {
        this.windowBytesMax = config.windowBytesMax();
        this.processBudget = processBudget;
        this.bytesMax = config.windowGrowthBytesMax();
        this.left = bytesMax;
    }

    /// Doubles `window` if an update is due so soon after the last that the window was the limit.
    void grow(ReceiveWindow window, Instant now, Duration roundTrip) {
        var step = Math.min(window.sizeBytes(), windowBytesMax - window.sizeBytes());
        if (step > 0
                && step <= left
                && window.growsWithin(now, roundTrip)
                && processBudget.reserve(step)) {
            left -= step;
            window.grow(step);
        }
    }

    /// Gives the process back what all windows had grown by; the connection is over.
    void releaseAll() {
        processBudget.release(bytesMax - left);
        left = bytesMax;
    }

    /// Takes back what the window of a stream that is over had grown by.
    void release(ReceiveWindow window) {
        var grown = window.sizeBytes() - ReceiveWindow.INITIAL_BYTES;
        if (grown > 0) {
            left += grown;
            processBudget.release(grown);
        }
    }
}
