package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers at which addresses which peers failed lately, so that a dead one is not dialled in a
/// loop.
///
/// An address alone says too little: many peers are behind one relay, and anybody may say of a peer
/// that does not exist that it is where a living one is.
///
/// The first failure costs nothing but rank; from the second in a row a peer's address rests for a
/// second, and twice as long after each further one. Not thread-safe.
@Pure
final class DialBackoff {
    private static final int TARGETS_MAX = 1024;
    private static final Duration FIRST_REST = Duration.ofSeconds(1);
    private static final int DOUBLINGS_MAX = 5;

    /// A failure is forgotten after this time.
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private record Target(PeerId peer, Multiaddr address) {}

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
    private final Map<Target, Failures> failures = new LinkedHashMap<>();

    void failed(Instant now, PeerId peer, Multiaddr address) {
        var target = new Target(peer, address);
        var before = failures.remove(target);
        var count = before == null || before.forgotten(now) ? 1 : before.count() + 1;
        failures.put(target, new Failures(count, now));
        if (failures.size() > TARGETS_MAX) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    void succeeded(PeerId peer, Multiaddr address) {
        failures.remove(new Target(peer, address));
    }

    /// True when the last dial of `peer` at `address` failed.
    boolean suspect(Instant now, PeerId peer, Multiaddr address) {
        var seen = failures.get(new Target(peer, address));
        return seen != null && !seen.forgotten(now);
    }

    /// True when `peer` must not be dialled at `address` yet.
    boolean resting(Instant now, PeerId peer, Multiaddr address) {
        var seen = failures.get(new Target(peer, address));
        return seen != null && now.isBefore(seen.restsUntil());
    }
}
