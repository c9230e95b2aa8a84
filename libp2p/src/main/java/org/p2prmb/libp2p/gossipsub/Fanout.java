package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;

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

    private final GossipConfig config;
    private final Peers peers;
    private final PeerScore scores;
    private final RandomGenerator random;
    private final SequencedMap<String, Entry> topics = new LinkedHashMap<>();

    Fanout(GossipConfig config, Peers peers, PeerScore scores, RandomGenerator random) {
        this.config = config;
        this.peers = peers;
        this.scores = scores;
        this.random = random;
    }

    /// The peers to publish to now; keeps them for the next time.
    SequencedSet<PeerId> publish(Instant now, String topic) {
        while (topics.size() >= config.limits().fanoutTopicsMax() && !topics.containsKey(topic)) {
            topics.pollFirstEntry();
        }
        var entry = topics.computeIfAbsent(topic, _ -> new Entry(now));
        entry.published = now;
        repair(topic, entry.peers);
        return entry.peers;
    }

    /// Forgets the topics that we no longer publish to and replaces peers that are lost.
    void heartbeat(Instant now) {
        var age = config.timing().fanout();
        topics.values().removeIf(entry -> !now.isBefore(entry.published.plus(age)));
        topics.forEach((topic, entry) -> repair(topic, entry.peers));
    }

    /// Whether our own messages may go to the peer.
    boolean publishable(PeerId peer) {
        return scores.of(peer) >= config.score().thresholds().publish() || config.direct(peer);
    }

    private void repair(String topic, SequencedSet<PeerId> audience) {
        audience.removeIf(peer -> !peers.in(topic).contains(peer) || !publishable(peer));
        var others = new ArrayList<>(peers.in(topic));
        Collections.shuffle(others, random);
        for (var peer : others) {
            if (audience.size() >= config.degrees().target()) {
                return;
            }
            if (!config.direct(peer) && publishable(peer)) {
                audience.add(peer);
            }
        }
    }

    /// The peers of each topic.
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
}
