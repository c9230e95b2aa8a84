package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// The times of the protocol in milliseconds; all follow from the interval between leases, and
/// docs/protocol.md lists them for the usual one of 30 s.
///
/// @param interval between our leases
@Pure
record Timing(long interval) {
    /// A timer that fires this much late says that this process, not the others, stood still.
    static final long LATE = 500;

    /// How long a dead contact is remembered, and looked at again from time to time.
    static final long REMEMBERED = 24 * 3_600_000L;

    /// How often watchers are drawn anew.
    static final long REDRAW = 24 * 3_600_000L;

    static Timing of(LivenessConfig config) {
        return new Timing(config.interval().toMillis());
    }

    private long fraction(long numerator, long denominator) {
        return interval * numerator / denominator;
    }

    /// T: between two pings of a watcher: 10 s.
    long probe() {
        return fraction(1, 3);
    }

    /// The shortest wait for a pong: 0.5 s.
    long timeoutMin() {
        return Math.clamp(fraction(1, 60), 100, 500);
    }

    /// The longest wait for a pong: 3 s.
    long timeoutMax() {
        return Math.clamp(fraction(1, 10), 300, 3_000);
    }

    /// How long co-watchers have for their reports, two pings and the way: 7 s.
    long indirect() {
        return 2 * timeoutMax() + 2 * timeoutMin();
    }

    /// How long a vote counts: 2 T, 20 s.
    long voteAge() {
        return 2 * probe();
    }

    /// S: from the quorum to the obituary: 16 s, more than the longest stall to be forgiven.
    long suspicion() {
        return fraction(8, 15);
    }

    /// Over how long is spread what would otherwise happen in one moment: 2.5 s.
    long spread() {
        return fraction(1, 12);
    }

    /// A watcher that was silent for this long is replaced: 45 s.
    long watcherSilence() {
        return fraction(3, 2);
    }

    /// Between two leases whose watchers differ, at least: 5 s.
    long changeGap() {
        return fraction(1, 6);
    }

    /// How long newcomers are waited for before a lease lists them: 0.5 s.
    long gather() {
        return fraction(1, 60);
    }

    /// Between two pings of a holder to one contact, at most: 50 s.
    long patrol() {
        return fraction(5, 3);
    }

    /// How long a contact may miss the pings of a patrol: 25 s.
    long patience() {
        return fraction(5, 6);
    }

    /// Between the pings to a contact that misses them: 2.5 s.
    long patrolStep() {
        return fraction(1, 12);
    }

    /// How long an obituary is checked: 5 s.
    long confirm() {
        return fraction(1, 6);
    }

    /// The time in which a neighbour without watchers gets two attempts: 10 s, or the interval.
    long direct() {
        return Math.min(interval, 10_000);
    }

    /// Until a dead contact is looked at again, at least: 20 s.
    long recheck() {
        return fraction(2, 3);
    }

    /// Within which a new contact is pinged first: 15 s, for there may be many new ones.
    long welcome() {
        return fraction(1, 2);
    }

    /// Between two tries of a subscription, or of an introduction: 5 s.
    long retry() {
        return fraction(1, 6);
    }

    /// Until a subscription is renewed: 10 min.
    long renewal() {
        return 20 * interval;
    }

    /// Until a subscription that was not renewed is forgotten: 12 min.
    long subscribed() {
        return 24 * interval;
    }
}
