package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// Our doubts about ourselves: whoever stood still or hears nobody accuses nobody.
///
/// The score goes up when our own timer is late and when co-watchers do not answer either, and down
/// with every answer. It stretches the time between our pings, and above a limit we do not vote.
@Pure
final class LocalHealth {
    private static final int SCORE_MAX = 7;
    private static final int LATE_COSTS = 2;
    private static final int VOTES_BELOW = 4;

    private int score;
    private long stallEnded = Timers.LONG_AGO;

    /// Our timer came late.
    void late(long now) {
        stallEnded = now;
        score = Math.min(SCORE_MAX, score + LATE_COSTS);
    }

    /// A co-watcher did not answer us.
    void missing(int answers) {
        score = Math.min(SCORE_MAX, score + answers);
    }

    /// Somebody answered us.
    void good() {
        score = Math.max(0, score - 1);
    }

    /// Whether we stood still after `sent`, so that a missing answer says nothing.
    boolean stalledSince(long sent) {
        return stallEnded > sent;
    }

    /// Whether it is now that we go on after standing still.
    boolean wokeAt(long now) {
        return stallEnded == now;
    }

    /// The later of the two: a silence is counted from there.
    long heard(long at) {
        return Math.max(at, stallEnded);
    }

    /// 1 to 8: by how much the time between two pings grows.
    int stretch() {
        return 1 + score;
    }

    boolean mayVote() {
        return score < VOTES_BELOW;
    }
}
