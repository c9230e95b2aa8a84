package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers which addresses failed lately, so that a dead one is not dialled in a loop.
///
/// The first failure costs nothing but rank; from the second in a row an address rests for a
/// second, and twice as long after each further one. Not thread-safe.
@Pure
final class DialBackoff {
    private static final int ADDRESSES_MAX = 1024;
    private static final Duration FIRST_REST = Duration.ofSeconds(1);
    private static final int DOUBLINGS_MAX = 5;

    /// A failure is forgotten after this time.
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private record Failures(int count, Instant last) {
        boolean forgotten(Instant now) {
            return now.isAfter(last.plus(MEMORY));
        }

        Instant restsUntil() {
            return count < 2
                    ? last
                    : last.plus(FIRST_REST.multipliedBy(1L << Math.min(DOUBLINGS_MAX, count - 2)));
        }
    }

    /// Oldest first, so that the bound drops the oldest.
    private final Map<Multiaddr, Failures> failures = new LinkedHashMap<>();

    void failed(Instant now, Multiaddr address) {
        var before = failures.remove(address);
        var count = before == null || before.forgotten(now) ? 1 : before.count() + 1;
        failures.put(address, new Failures(count, now));
        if (failures.size() > ADDRESSES_MAX) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    void succeeded(Multiaddr address) {
        failures.remove(address);
    }

    /// True when `address` failed at its last dial.
    boolean suspect(Instant now, Multiaddr address) {
        var seen = failures.get(address);
        return seen != null && !seen.forgotten(now);
    }

    /// True when `address` must not be dialled yet.
    boolean resting(Instant now, Multiaddr address) {
        var seen = failures.get(address);
        return seen != null && now.isBefore(seen.restsUntil());
    }
}
