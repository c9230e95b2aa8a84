package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/// Who wants to hear of one subject's death, each until its subscription expires.
@Pure
final class Subscribers {
    private final SequencedMap<PeerId, Long> expiries = new LinkedHashMap<>(4);

    /// Adds or renews one; false when there are too many.
    boolean add(long now, PeerId subscriber, long expiry) {
        expiries.remove(subscriber);
        while (!expiries.isEmpty() && expiries.firstEntry().getValue() <= now) {
            expiries.pollFirstEntry();
        }
        if (expiries.size() >= LivenessConfig.SUBSCRIBERS_MAX) {
            return false;
        }
        expiries.put(subscriber, expiry);
        return true;
    }

    /// Those whose subscription has not expired.
    Set<PeerId> at(long now) {
        while (!expiries.isEmpty() && expiries.firstEntry().getValue() <= now) {
            expiries.pollFirstEntry();
        }
        return expiries.sequencedKeySet();
    }
}
