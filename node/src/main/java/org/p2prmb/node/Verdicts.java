package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Who waits to hear whether an agent lives.
///
/// Holds no more than those who wait now. Safe for many threads.
final class Verdicts implements AutoCloseable {
    private final Map<PeerId, List<Inquiry>> inquiries = new HashMap<>();
    private boolean closed;

    /// The verdicts that one caller waits for.
    final class Inquiry implements AutoCloseable {
        private final Set<PeerId> open;
        private final Set<PeerId> alive = new HashSet<>();
        private final CountDownLatch left;

        private Inquiry(Set<PeerId> peers) {
            this.open = new HashSet<>(peers);
            this.left = new CountDownLatch(peers.size());
        }

        /// Those found alive, as soon as there is a verdict on all of them or `limit` has passed.
        Set<PeerId> await(Duration limit) throws InterruptedException {
            if (!left.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                close(); // Those without a verdict gave no sign of life in time.
            }
            synchronized (Verdicts.this) {
                return Set.copyOf(alive);
            }
        }

        private void hear(PeerId peer, boolean lives) {
            if (open.remove(peer)) {
                if (lives) {
                    alive.add(peer);
                }
                left.countDown();
            }
        }

        private void end() {
            close();
            while (left.getCount() > 0) {
                left.countDown();
            }
        }

        @Override
        public void close() {
            synchronized (Verdicts.this) {
                open.forEach(peer -> forget(peer, this));
                open.clear();
            }
        }
    }

    /// Waits for verdicts from now on, until it is closed.
    synchronized Inquiry about(Collection<PeerId> peers) {
        var inquiry = new Inquiry(closed ? Set.of() : Set.copyOf(peers));
        for (var peer : inquiry.open) {
            inquiries.computeIfAbsent(peer, _ -> new ArrayList<>()).add(inquiry);
        }
        return inquiry;
    }

    /// Tells those who wait.
    synchronized void tell(PeerId peer, boolean lives) {
        var waiting = inquiries.remove(peer);
        if (waiting != null) {
            waiting.forEach(inquiry -> inquiry.hear(peer, lives));
        }
    }

    /// Nobody waits any more.
    @Override
    public synchronized void close() {
        closed = true;
        inquiries.values().stream().flatMap(List::stream).distinct().toList().forEach(Inquiry::end);
    }

    private void forget(PeerId peer, Inquiry inquiry) {
        var waiting = inquiries.get(peer);
        if (waiting != null && waiting.remove(inquiry) && waiting.isEmpty()) {
            inquiries.remove(peer);
        }
    }

    /// How many agents somebody waits to hear of.
    synchronized int size() {
        return inquiries.size();
    }
}
