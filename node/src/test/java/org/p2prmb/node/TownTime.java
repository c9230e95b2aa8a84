package org.p2prmb.node;

import org.p2prmb.node.swap.SimulatedTown;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Lets a town's clock go as fast as the true one, but for the jumps of its blocks.
final class TownTime implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(50);

    private final SimulatedTown town;
    private final Thread thread = Thread.ofVirtual().unstarted(this::flow);

    TownTime(SimulatedTown town) {
        this.town = town;
    }

    private void flow() {
        while (!Thread.currentThread().isInterrupted()) {
            town.skip(STEP);
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    /// Until then the clock stands still.
    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
