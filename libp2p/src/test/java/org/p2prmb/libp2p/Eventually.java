package org.p2prmb.libp2p;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what other threads are about to bring about.
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(2);

    private Eventually() {}

    /// Returns as soon as `condition` holds; fails when it does not within 20 seconds.
    public static void holds(String what, BooleanSupplier condition) {
        holds(LIMIT, what, condition);
    }

    /// The same for what a protocol does within `limit` only.
    public static void holds(Duration limit, String what, BooleanSupplier condition) {
        var end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
