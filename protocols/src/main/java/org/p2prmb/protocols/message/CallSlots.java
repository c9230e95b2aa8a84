package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// How many requests may be in work at once, in total and for one peer. Safe for many threads.
final class CallSlots {
    private final int totalMax;
    private final int perPeerMax;
    private final Map<PeerId, Integer> taken = new HashMap<>();
    private int total;

    CallSlots(int totalMax, int perPeerMax) {
        this.totalMax = totalMax;
        this.perPeerMax = perPeerMax;
    }

    /// A slot until it is closed; empty when all are taken.
    synchronized Optional<Slot> enter(PeerId peer) {
        if (total >= totalMax || taken.getOrDefault(peer, 0) >= perPeerMax) {
            return Optional.empty();
        }
        total++;
        taken.merge(peer, 1, Integer::sum);
        return Optional.of(new Slot(peer));
    }

    private synchronized void leave(PeerId peer) {
        total--;
        taken.computeIfPresent(peer, (p, count) -> count == 1 ? null : count - 1);
    }

    /// The right to have one request in work, shared by the threads that work on it.
    final class Slot implements AutoCloseable {
        private final PeerId peer;
        private final AtomicInteger holders = new AtomicInteger(1);

        private Slot(PeerId peer) {
            this.peer = peer;
        }

        /// One more thread works on the request, and closes the slot too.
        void hold() {
            holders.incrementAndGet();
        }

        /// The last holder to close gives the slot back.
        @Override
        public void close() {
            if (holders.decrementAndGet() == 0) {
                leave(peer);
            }
        }
    }
}
