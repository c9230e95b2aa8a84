package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// How long one agent takes to answer: a moving mean and variance, from which the wait for its next
/// pong follows. It never convicts anybody.
@Pure
final class RoundTrips {
    private static final double WEIGHT = 0.125;
    private static final int SIGMAS = 4;

    private float mean = -1;
    private float variance;

    void measured(long millis) {
        if (mean < 0) {
            mean = millis;
            variance = (float) millis * millis / 4;
            return;
        }
        double off = millis - mean;
        mean += (float) (WEIGHT * off);
        variance = (float) ((1 - WEIGHT) * (variance + WEIGHT * off * off));
    }

    /// Mean and 4 sigma, between the limits; the upper one as long as nothing was measured.
    long timeout(Timing timing) {
        if (mean < 0) {
            return timing.timeoutMax();
        }
        long expected = (long) (mean + SIGMAS * Math.sqrt(variance));
        return Math.clamp(expected, timing.timeoutMin(), timing.timeoutMax());
    }
}
