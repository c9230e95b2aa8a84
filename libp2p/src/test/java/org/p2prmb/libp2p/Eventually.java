package org.p2prmb.libp2p;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what other threads bring about.
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PAUSE_MILLIS = 5;

    private Eventually() {}

    /// Returns when `condition` holds; throws, naming `what`, when it does not within 20 seconds.
    public static void holds(String what, BooleanSupplier condition) throws InterruptedException {
        var end = System.nanoTime() + LIMIT.toNanos();
        var never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end || never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("not within " + LIMIT + ": " + what);
            }
        }
    }
}
