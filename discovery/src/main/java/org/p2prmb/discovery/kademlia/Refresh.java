package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/// Keeps the table fresh: looks ourselves up, then a key in each bucket that no look-up has
/// touched for an interval, one at a time.
@Pure
final class Refresh {
    /// While there are few peers a new one is a reason to look again, but not more often.
    private static final Duration HASTE_MIN = Duration.ofSeconds(10);

    private static final int RANDOM_BYTES = 32;
    private static final int TRIES_MAX = 64;

    /// So that those who started together do not refresh together.
    private static final double JITTER = 0.1;

    private final Key selfKey;
    private final RoutingTable table;
    private final Duration interval;
    private final RandomGenerator random;
    private final List<Instant> lookedAt = new ArrayList<>();
    private final Queue<Integer> stale = new ArrayDeque<>();
    private Instant last = Instant.MIN;
    private Instant next = Instant.MAX;
    private boolean running;

    Refresh(Key self, RoutingTable table, Duration interval, RandomGenerator random) {
        this.selfKey = self;
        this.table = table;
        this.interval = interval;
        this.random = random;
    }

    /// Whether it is time to look ourselves up; if so, one is under way from now on.
    ///
    /// @param lonely whether we know nobody whom we could ask; the first who comes changes that
    boolean begins(Instant now, boolean lonely) {
        if (running || now.isBefore(next)) {
            return false;
        }
        next = Instant.MAX;
        if (!lonely) {
            running = true;
            last = now;
        }
        return running;
    }

    /// A peer came into a table that has few, or we have just started.
    void hasten(Instant now) {
        var soon = last.equals(Instant.MIN) ? now : last.plus(HASTE_MIN);
        next = soon.isBefore(next) ? soon : next;
    }

    /// Some look-up goes to `target`.
    void lookedAt(Key target, Instant now) {
        var prefix = Math.min(selfKey.commonPrefix(target), Key.BITS - 1);
        while (lookedAt.size() <= prefix) {
            lookedAt.add(Instant.MIN);
        }
        lookedAt.set(prefix, now);
    }

    /// The look-up of ourselves has ended: the buckets beyond the nearest peers are stale when
    /// nobody looked there. The nearer ones hold all there are.
    void foundNeighbours(List<KadPeer> nearest, Instant now) {
        int covered = table.bucketCount();
        for (var peer : nearest) {
            covered = Math.min(covered, selfKey.commonPrefix(peer.key()));
        }
        for (int prefix = 0; prefix <= covered && prefix < table.bucketCount(); prefix++) {
            if (isStale(prefix, now)) {
                stale.add(prefix);
            }
        }
    }

    private boolean isStale(int prefix, Instant now) {
        return prefix >= lookedAt.size()
                || lookedAt.get(prefix).equals(Instant.MIN)
                || !now.isBefore(lookedAt.get(prefix).plus(interval.dividedBy(2)));
    }

    /// The next key to look up; null when this round is at its end.
    @Nullable Bytes nextTarget(Instant now) {
        while (!stale.isEmpty()) {
            var target = target(stale.remove());
            if (target != null) {
                return target;
            }
        }
        running = false;
        var jitter = 1 + JITTER * (2 * random.nextDouble() - 1);
        var regular = now.plus(Duration.ofMillis((long) (interval.toMillis() * jitter)));
        next = regular.isBefore(next) ? regular : next;
        return null;
    }

    /// Keys can only be hit upon by chance, so for the rarer ones we take a peer that stands there.
    private @Nullable Bytes target(int prefix) {
        for (int tried = 0; tried < TRIES_MAX; tried++) {
            var bytes = new byte[RANDOM_BYTES];
            random.nextBytes(bytes);
            var key = Bytes.wrap(bytes);
            if (selfKey.commonPrefix(Key.of(key)) == prefix) {
                return key;
            }
        }
        var peers = table.bucket(prefix);
        return peers.isEmpty() ? null : peers.get(random.nextInt(peers.size())).id().multihash();
    }

    Instant next() {
        return running ? Instant.MAX : next;
    }
}
