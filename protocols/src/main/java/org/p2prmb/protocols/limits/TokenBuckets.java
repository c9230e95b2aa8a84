package org.p2prmb.protocols.limits;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// One token bucket for each peer: it may ask `burst` times at once, and `perSecond` in the long
/// run.
///
/// Not thread-safe. At most [#PEERS_MAX] peers are told apart; beyond, the one that asked longest
/// ago starts anew with a full bucket.
@Pure
public final class TokenBuckets {
    public static final int PEERS_MAX = 4096;

    private final Duration interval;
    private final int burst;

    /// When each bucket was, or will be, full again; in the order of the last requests.
    private final LinkedHashMap<PeerId, Instant> fullAt = new LinkedHashMap<>(16, 0.75f, true);

    public TokenBuckets(int perSecond, int burst) {
        this(Duration.ofSeconds(1).dividedBy(Math.max(1, perSecond)), burst);
        Limits.require(perSecond > 0, "rates are positive");
    }

    /// @param interval in which each peer gets one token
    public TokenBuckets(Duration interval, int burst) {
        Limits.require(interval.isPositive() && burst > 0, "rates are positive");
        this.interval = interval;
        this.burst = burst;
    }

    /// Takes one of the peer's tokens; false when there is none.
    public boolean take(PeerId peer, Instant now) {
        var full = fullAt.getOrDefault(peer, now);
        var next = (full.isBefore(now) ? now : full).plus(interval);
        if (next.isAfter(now.plus(interval.multipliedBy(burst)))) {
            return false;
        }
        fullAt.put(peer, next);
        if (fullAt.size() > PEERS_MAX) {
            fullAt.remove(eldest(fullAt));
        }
        return true;
    }

    private static PeerId eldest(Map<PeerId, Instant> peers) {
        return peers.keySet().iterator().next();
    }
}
