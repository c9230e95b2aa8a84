package org.p2prmb.libp2p.gossipsub;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

/// The peers that our messages go to in topics that we publish to without being subscribed.
@Pure
final class Fanout {
    private static final class Entry {
        final SequencedSet<PeerId> peers = new LinkedHashSet<>();
        Instant published;

        Entry(Instant published) {
            this.published = published;
        }
    }

    private final Duration age;
    private final int topicsMax;
    private final SequencedMap<String, Entry> topics = new LinkedHashMap<>();

    Fanout(Duration age, int topicsMax) {
        this.age = age;
        this.topicsMax = topicsMax;
    }

    /// The peers of the topic, for the caller to fill up; notes that we publish to it now.
    SequencedSet<PeerId> published(Instant now, String topic) {
        while (topics.size() >= topicsMax && !topics.containsKey(topic)) {
            topics.pollFirstEntry();
        }
        var entry = topics.computeIfAbsent(topic, _ -> new Entry(now));
        entry.published = now;
        return entry.peers;
    }

    /// The topics, with the peers of each for the caller to repair.
    SequencedMap<String, SequencedSet<PeerId>> topics() {
        var all = new LinkedHashMap<String, SequencedSet<PeerId>>();
        topics.forEach((topic, entry) -> all.put(topic, entry.peers));
        return all;
    }

    /// We subscribe now: the topic's peers move to the mesh.
    SequencedSet<PeerId> take(String topic) {
        var entry = topics.remove(topic);
        return entry == null ? new LinkedHashSet<>() : entry.peers;
    }

    void remove(PeerId peer) {
        topics.values().forEach(entry -> entry.peers.remove(peer));
    }

    void remove(PeerId peer, String topic) {
        var entry = topics.get(topic);
        if (entry != null) {
            entry.peers.remove(peer);
        }
    }

    void expire(Instant now) {
        topics.values().removeIf(entry -> !now.isBefore(entry.published.plus(age)));
    }
}
