package org.p2prmb.libp2p.core;

import java.time.Instant;
import java.time.InstantSource;

/// The clock of the shells: starts at the wall clock's time and then only runs forward.
public final class MonotonicClock implements InstantSource {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
