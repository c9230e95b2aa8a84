package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The peers that answered us, in buckets by the length of the key prefix that they share with us.
///
/// Each bucket has at most k peers, the least recently seen first. When it is full a newcomer waits
/// until that one was asked whether it still lives. At most [#GROUP_MAX] peers of one IP group are
/// in the table, and at most [#GROUP_IN_BUCKET_MAX] of them in one bucket, so that who owns many
/// keys but few networks cannot fill it.
@Pure
final class RoutingTable {
    static final int GROUP_MAX = 3;
    static final int GROUP_IN_BUCKET_MAX = 2;

    /// After this many requests in a row that failed a peer is dropped; one may be lost by chance.
    static final int FAILURES_MAX = 2;

    private final Key self;
    private final Duration doubtedAfter;
    private final boolean exemptLoopback;

    /// As many as the longest prefix needs, at most [Key#BITS].
    private final List<Bucket> buckets = new ArrayList<>();

    private int size;
    private long changes;

    /// Who stands in the table, and what we know of it.
    static final class Entry {
        private KadPeer peer;
        private final long group;
        private Instant seenAt;
        private int failures;

        private Entry(KadPeer peer, long group, Instant seenAt) {
            this.peer = peer;
            this.group = group;
            this.seenAt = seenAt;
        }

        KadPeer peer() {
            return peer;
        }

        private void heardOf(KadPeer news) {
            if (!news.addresses().isEmpty()) {
                peer = news;
            }
        }
    }

    private static final class Bucket {
        /// Least recently seen first.
        final List<Entry> entries = new ArrayList<>();

        /// Gets the place of the peer that is being asked, should that be dead.
        @Nullable Entry waiting;

        Instant askedAt = Instant.EPOCH;
    }

    /// @param doubtedAfter how long a peer may be silent before a newcomer has it asked
    RoutingTable(Key self, Duration doubtedAfter, boolean exemptLoopback) {
        this.self = self;
        this.exemptLoopback = exemptLoopback;
        this.doubtedAfter = doubtedAfter;
    }

    int size() {
        return size;
    }

    /// Grows whenever a peer comes or goes.
    long changes() {
        return changes;
    }

    /// One more than the longest prefix for which there ever was a peer.
    int bucketCount() {
        return buckets.size();
    }

    /// The peers in the bucket of that prefix length.
    List<KadPeer> bucket(int prefix) {
        return prefix < buckets.size()
                ? buckets.get(prefix).entries.stream().map(Entry::peer).toList()
                : List.of();
    }

    @Nullable Entry find(Key key) {
        var prefix = self.commonPrefix(key);
        return prefix < buckets.size() ? find(buckets.get(prefix), key) : null;
    }

    private static @Nullable Entry find(Bucket bucket, Key key) {
        for (var entry : bucket.entries) {
            if (entry.peer.key().equals(key)) {
                return entry;
            }
        }
        return null;
    }

    /// Whether an answer of this unknown peer could bring it into the table.
    boolean wants(Key key, Instant now) {
        var prefix = self.commonPrefix(key);
        if (prefix == Key.BITS || find(key) != null) {
            return false;
        }
        return prefix >= buckets.size()
                || buckets.get(prefix).entries.size() < KademliaConfig.K
                || doubted(buckets.get(prefix), now) != null;
    }

    /// The peer answered: takes it in or moves it up. Returns the peer that must prove that it
    /// lives before this one gets its place, if there is one.
    @Nullable KadPeer answered(KadPeer peer, long group, Instant now) {
        var prefix = self.commonPrefix(peer.key());
        if (prefix == Key.BITS) {
            return null;
        }
        while (buckets.size() <= prefix) {
            buckets.add(new Bucket());
        }
        var bucket = buckets.get(prefix);
        var known = find(bucket, peer.key());
        if (known != null) {
            bucket.entries.remove(known);
            bucket.entries.add(known);
            known.seenAt = now;
            known.failures = 0;
            known.heardOf(peer);
            return null;
        }
        if (!isDiverse(bucket, group)) {
            return null;
        }
        var entry = new Entry(peer, group, now);
        if (bucket.entries.size() < KademliaConfig.K) {
            bucket.entries.add(entry);
            size++;
            changes++;
            return null;
        }
        var doubted = doubted(bucket, now);
        if (doubted == null || bucket.waiting != null) {
            return null;
        }
        bucket.waiting = entry;
        bucket.askedAt = now;
        return doubted.peer;
    }

    /// The oldest of the bucket when it was silent for long; not one after the other, or a
    /// network full of newcomers would ask without end.
    private @Nullable Entry doubted(Bucket bucket, Instant now) {
        var oldest = bucket.entries.getFirst();
        if (oldest.failures > 0) {
            return oldest;
        }
        var latest = oldest.seenAt.isBefore(bucket.askedAt) ? bucket.askedAt : oldest.seenAt;
        return now.isBefore(latest.plus(doubtedAfter)) ? null : oldest;
    }

    private boolean isDiverse(Bucket bucket, long group) {
        return !IpGroup.isLimited(group, exemptLoopback)
                || count(bucket, group) < GROUP_IN_BUCKET_MAX && count(group) < GROUP_MAX;
    }

    private int count(long group) {
        int count = 0;
        for (var bucket : buckets) {
            count += count(bucket, group);
        }
        return count;
    }

    private static int count(Bucket bucket, long group) {
        int count = 0;
        for (var entry : bucket.entries) {
            count += entry.group == group ? 1 : 0;
        }
        return count;
    }

    /// The peer said where it is reached.
    void moved(KadPeer peer) {
        var entry = find(peer.key());
        if (entry != null) {
            entry.heardOf(peer);
        }
    }

    /// The peer did not answer.
    void failed(Key key) {
        var entry = find(key);
        if (entry == null) {
            return;
        }
        entry.failures++;
        var bucket = buckets.get(self.commonPrefix(key));
        // Whoever waits for its place has answered; that is more than it can say.
        if (entry.failures >= FAILURES_MAX || bucket.waiting != null) {
            remove(key);
        }
    }

    /// The oldest of the bucket was asked and lives: the newcomer does not get in.
    void settled(Key oldest) {
        var prefix = self.commonPrefix(oldest);
        if (prefix < buckets.size()) {
            buckets.get(prefix).waiting = null;
        }
    }

    void remove(Key key) {
        var prefix = self.commonPrefix(key);
        var bucket = prefix < buckets.size() ? buckets.get(prefix) : null;
        var entry = bucket == null ? null : find(bucket, key);
        if (bucket == null || entry == null) {
            return;
        }
        bucket.entries.remove(entry);
        size--;
        changes++;
        var next = bucket.waiting;
        bucket.waiting = null;
        if (next != null && isDiverse(bucket, next.group)) {
            bucket.entries.add(next);
            size++;
            changes++;
        }
    }

    /// The `max` peers nearest to `target`, nearest first.
    ///
    /// @param reliable leaves out those whose last request failed
    List<KadPeer> closest(Key target, int max, boolean reliable) {
        var nearest = new Nearest(target, max);
        int shared = Math.min(self.commonPrefix(target), Key.BITS - 1);
        // The buckets hold, in this order, ever farther ranges of keys.
        if (shared < buckets.size()) {
            nearest.addAll(buckets.get(shared), reliable);
        }
        if (nearest.size < max) {
            for (int prefix = shared + 1; prefix < buckets.size(); prefix++) {
                nearest.addAll(buckets.get(prefix), reliable);
            }
        }
        for (int prefix = Math.min(shared, buckets.size()) - 1;
                prefix >= 0 && nearest.size < max;
                prefix--) {
            nearest.addAll(buckets.get(prefix), reliable);
        }
        return nearest.toList();
    }

    /// A sorted array with a fixed number of places.
    private static final class Nearest {
        private final Key target;
        private final KadPeer[] peers;
        private int size;

        Nearest(Key target, int max) {
            this.target = target;
            this.peers = new KadPeer[max];
        }

        void addAll(Bucket bucket, boolean reliable) {
            for (var entry : bucket.entries) {
                if (!reliable || entry.failures == 0) {
                    add(entry.peer);
                }
            }
        }

        private void add(KadPeer peer) {
            int at = size;
            while (at > 0 && target.compareDistances(peer.key(), peers[at - 1].key()) < 0) {
                at--;
            }
            if (at == peers.length) {
                return;
            }
            int moved = Math.min(size, peers.length - 1) - at;
            System.arraycopy(peers, at, peers, at + 1, moved);
            peers[at] = peer;
            size = Math.min(size + 1, peers.length);
        }

        List<KadPeer> toList() {
            var list = new ArrayList<KadPeer>(size);
            for (int index = 0; index < size; index++) {
                list.add(peers[index]);
            }
            return list;
        }
    }

    /// All peers, those of the longest prefixes last, and within a bucket the latest seen last.
    List<KadPeer> all() {
        var all = new ArrayList<KadPeer>(size);
        for (var bucket : buckets) {
            for (var entry : bucket.entries) {
                all.add(entry.peer);
            }
        }
        return all;
    }
}
