package org.p2prmb.discovery.liveness;

import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;

/// How often we prove to live, and how patiently we doubt others.
///
/// @param interval between our leases, 1 s to 5 min; a shorter one is noticed dead sooner and costs
///     more leases
/// @param probeWindow how long a doubted agent has to answer; two attempts are made in it
/// @param watchedMax agents in memory, the dead included; about 300 bytes each
public record LivenessConfig(Duration interval, Duration probeWindow, int watchedMax) {
    private static final Duration PROBE_WINDOW_MAX = Duration.ofSeconds(10);
    private static final int TTL_INTERVALS = 4;
    private static final int WATCHED_MAX = 4_096;

    public LivenessConfig {
        if (interval.compareTo(Lease.INTERVAL_MIN) < 0
                || interval.compareTo(Lease.INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException("a lease is renewed every 1 s to 5 min");
        }
        if (probeWindow.isNegative() || probeWindow.isZero() || watchedMax < 1) {
            throw new IllegalArgumentException("the probe window and the memory are positive");
        }
    }

    /// The defaults for an interval: probes take 10 seconds, or less when leases are more frequent.
    public static LivenessConfig of(Duration interval) {
        var window = interval.compareTo(PROBE_WINDOW_MAX) < 0 ? interval : PROBE_WINDOW_MAX;
        return new LivenessConfig(interval, window, WATCHED_MAX);
    }

    /// How long a lease of ours counts at its holders.
    public Duration leaseTtl() {
        var ttl = interval.multipliedBy(TTL_INTERVALS);
        return ttl.compareTo(Lease.TTL_MAX) > 0 ? Lease.TTL_MAX : ttl;
    }
}
