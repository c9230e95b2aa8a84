package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;

/// An agent's imAlive: its promise to renew within `ttl`; it counts only as a [SignedLease].
///
/// @param peer the subject
/// @param sequence 0 or more, grows with every lease, restarts included; it alone orders leases
/// @param ttl counted by the holder from receipt; whole seconds from 1 s to 30 min, not below
///     `interval`
/// @param interval how often the subject renews; whole seconds from 1 s to 5 min
/// @param watchers commits to the peers that may vote on the subject's death
/// @param recordSequence of the subject's newest contact record, so that holders fetch what they
///     lack
/// @param leaving the subject leaves now; holders drop it at once
public record Lease(
        PeerId peer,
        long sequence,
        Duration ttl,
        Duration interval,
        Watchers.Commitment watchers,
        long recordSequence,
        boolean leaving) {
    public static final int WATCHERS_MAX = 8;

    /// With fewer watchers there is no majority worth the name: neighbours look for themselves.
    public static final int WATCHERS_MIN = 3;

    public static final Duration INTERVAL_MIN = Duration.ofSeconds(1);
    public static final Duration INTERVAL_MAX = Duration.ofMinutes(5);
    public static final Duration TTL_MAX = Duration.ofMinutes(30);

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Lease {
        Limits.require(sequence >= 0, "a lease's sequence is negative");
        Limits.require(recordSequence >= 0, "a lease's record sequence is negative");
        Limits.seconds(interval, INTERVAL_MIN, INTERVAL_MAX, "lease's interval");
        Limits.seconds(ttl, interval, TTL_MAX, "lease's time to live");
    }

    /// Whether enough watchers are listed for them to decide: below, neighbours look directly.
    public boolean isWatched() {
        return watchers.count() >= WATCHERS_MIN;
    }

    /// How many of the watchers must vote: more than half of those listed.
    public int quorum() {
        return watchers.count() / 2 + 1;
    }
}
