package org.p2prmb.libp2p.core;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;

/// One token bucket for each key: `burst` tokens at once, and one every `interval` in the long run.
///
/// At most [#KEYS_MAX] keys are told apart; beyond, the one that asked longest ago starts anew with
/// a full bucket. Not thread-safe.
@Pure
public final class RateLimits<K> {
    public static final int KEYS_MAX = 4096;

    private final int burst;
    private final Duration interval;

    /// When each bucket was, or will be, full again; in the order of the last requests.
    private final LinkedHashMap<K, Instant> fullAt = new LinkedHashMap<>(16, 0.75f, true);

    public RateLimits(int burst, Duration interval) {
        if (burst < 1 || !interval.isPositive()) {
            throw new IllegalArgumentException("rates are positive");
        }
        this.burst = burst;
        this.interval = interval;
    }

    /// Takes one of the tokens of `key`; false when there is none.
    public boolean take(Instant now, K key) {
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
