package org.p2prmb.discovery.liveness;

import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;

/// How often we prove to live, who watches us, and how much we remember of others.
///
/// All other times of the protocol follow from the interval, see docs/protocol.md.
///
/// @param interval between our leases, 1 s to 5 min; a shorter one is noticed dead sooner and costs
///     more
/// @param watchers whom we ask to watch us, 0 to 8; with fewer than 3 our neighbours look directly
/// @param peersMax agents in memory, the dead included
public record LivenessConfig(Duration interval, int watchers, int peersMax) {
    /// Agents that we watch, at most.
    public static final int SUBJECTS_MAX = 32;

    /// Agents whose death we want to hear of, at most.
    public static final int HOT_MAX = 64;

    /// Agents that want to hear of the death of one that we watch, at most.
    public static final int SUBSCRIBERS_MAX = 256;

    private static final int TTL_INTERVALS = 4;
    private static final int PEERS_MAX = 4_096;

    public LivenessConfig {
        if (interval.compareTo(Lease.INTERVAL_MIN) < 0
                || interval.compareTo(Lease.INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException("a lease is renewed every 1 s to 5 min");
        }
        if (watchers < 0 || watchers > Lease.WATCHERS_MAX || peersMax < 1) {
            throw new IllegalArgumentException("0 to 8 watchers, and some memory");
        }
    }

    /// The defaults for an interval.
    public static LivenessConfig of(Duration interval) {
        return new LivenessConfig(interval, Lease.WATCHERS_MAX, PEERS_MAX);
    }

    /// The same with nobody asked to watch us.
    public LivenessConfig withoutWatchers() {
        return new LivenessConfig(interval, 0, peersMax);
    }

    /// How long a lease of ours counts at its holders.
    public Duration leaseTtl() {
        var ttl = interval.multipliedBy(TTL_INTERVALS);
        return ttl.compareTo(Lease.TTL_MAX) > 0 ? Lease.TTL_MAX : ttl;
    }
}
