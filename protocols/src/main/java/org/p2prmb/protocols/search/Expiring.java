package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;

/// A bounded set whose elements leave after a fixed time, or earlier when there are too many: the
/// oldest first. Not thread-safe.
@Pure
final class Expiring<T> {
    private final Duration lifetime;
    private final int max;
    private final LinkedHashMap<T, Instant> until = new LinkedHashMap<>();

    Expiring(Duration lifetime, int max) {
        this.lifetime = lifetime;
        this.max = max;
    }

    /// Whether the element is there.
    boolean contains(Instant now, T element) {
        var end = until.get(element);
        return end != null && now.isBefore(end);
    }

    void clear() {
        until.clear();
    }

    /// Adds the element; false when it is there already.
    boolean add(Instant now, T element) {
        // In the order of insertion, which is that of expiry, as the lifetime is the same for all.
        var oldest = until.entrySet().iterator();
        while (oldest.hasNext() && !now.isBefore(oldest.next().getValue())) {
            oldest.remove();
        }
        if (until.containsKey(element)) {
            return false;
        }
        until.put(element, now.plus(lifetime));
        if (until.size() > max) {
            var first = until.keySet().iterator();
            first.next();
            first.remove();
        }
        return true;
    }
}
