package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// A token bucket for the new connections of each network.
@Pure
final class AddressRate {
    /// Networks that are remembered; the one that was longest quiet is forgotten.
    static final int NETWORKS_MAX = 1 << 14;

    private final int burst;
    private final Duration refill;

    /// Each network's bucket, as the time at which it is full again; the last used is last.
    private final SequencedMap<Bytes, Instant> fullAt = new LinkedHashMap<>();

    AddressRate(int burst, Duration refill) {
        this.burst = burst;
        this.refill = refill;
    }

    /// Takes one token of `network`; false when it has none left.
    boolean take(Instant now, Bytes network) {
        forgetFull(now);
        var before = fullAt.get(network);
        var full = (before == null || before.isBefore(now) ? now : before).plus(refill);
        if (full.isAfter(now.plus(refill.multipliedBy(burst)))) {
            return false;
        }
        fullAt.remove(network);
        fullAt.put(network, full);
        if (fullAt.size() > NETWORKS_MAX) {
            fullAt.pollFirstEntry();
        }
        return true;
    }

    /// Forgets the first few, if their buckets are full: nothing is left to remember of them.
    void forgetFull(Instant now) {
        for (var i = 0; i < 2 && !fullAt.isEmpty(); i++) {
            if (fullAt.firstEntry().getValue().isAfter(now)) {
                return;
            }
            fullAt.pollFirstEntry();
        }
    }

    int size() {
        return fullAt.size();
    }
}
