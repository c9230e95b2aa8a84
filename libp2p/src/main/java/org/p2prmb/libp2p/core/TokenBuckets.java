package org.p2prmb.libp2p.core;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;

/// One token bucket for each key, such as a peer: it may ask `burst` times at once, and once each
/// `interval` in the long run.
///
/// Not thread-safe. At most [#KEYS_MAX] keys are told apart; beyond, the one that asked longest ago
/// starts anew with a full bucket.
@Pure
public final class TokenBuckets<K> {
    public static final int KEYS_MAX = 4096;

    private final Duration interval;
    private final int burst;

    /// When each bucket was, or will be, full again; in the order of the last requests.
    private final LinkedHashMap<K, Instant> fullAt = new LinkedHashMap<>(16, 0.75f, true);

    public TokenBuckets(int perSecond, int burst) {
        this(Duration.ofSeconds(1).dividedBy(perSecond), burst);
    }

    /// @param interval in which each key gets one token
    public TokenBuckets(Duration interval, int burst) {
        if (!interval.isPositive() || burst < 1) {
            throw new IllegalArgumentException("rates are positive");
        }
        this.interval = interval;
        this.burst = burst;
    }

    /// The key will ask no more; should it, it has a full bucket.
    public void forget(K key) {
        fullAt.remove(key);
    }

    /// Takes one of the key's tokens; false when there is none.
    public boolean take(K key, Instant now) {
        var full = fullAt.getOrDefault(key, now);
        var next = (full.isBefore(now) ? now : full).plus(interval);
        if (next.isAfter(now.plus(interval.multipliedBy(burst)))) {
            return false;
        }
        fullAt.put(key, next);
        if (fullAt.size() > KEYS_MAX) {
            fullAt.pollFirstEntry();
        }
        return true;
    }
}
