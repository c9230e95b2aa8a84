package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// The connected peers and their subscriptions, from both sides: by peer and by topic.
@Pure
final class Peers {
    /// A connected peer and what it has used of this heartbeat's allowances.
    static final class Peer {
        private final boolean outbound;
        private final SequencedSet<String> topics = new LinkedHashSet<>();
        int ihaves;
        int asked;
        int served;

        private Peer(boolean outbound) {
            this.outbound = outbound;
        }
    }

    private static final SequencedSet<PeerId> NOBODY =
            Collections.unmodifiableSequencedSet(new LinkedHashSet<>());

    private final GossipConfig config;
    private final SequencedMap<PeerId, Peer> byId = new LinkedHashMap<>();
    private final Map<String, SequencedSet<PeerId>> byTopic = new HashMap<>();

    Peers(GossipConfig config) {
        this.config = config;
    }

    /// False when there are too many peers already.
    boolean add(PeerId id, boolean outbound) {
        if (byId.size() >= config.limits().peersMax()) {
            return false;
        }
        byId.put(id, new Peer(outbound));
        return true;
    }

    void remove(PeerId id) {
        var peer = byId.remove(id);
        if (peer != null) {
            peer.topics.forEach(topic -> leave(id, topic));
        }
    }

    Optional<Peer> find(PeerId id) {
        return Optional.ofNullable(byId.get(id));
    }

    boolean contains(PeerId id) {
        return byId.containsKey(id);
    }

    SequencedSet<PeerId> all() {
        return byId.sequencedKeySet();
    }

    /// Whether we dialled the peer.
    boolean outbound(PeerId id) {
        var peer = byId.get(id);
        return peer != null && peer.outbound;
    }

    /// Remembers the subscription; false when the peer has too many or the topic is none of ours.
    boolean subscribe(PeerId id, String topic) {
        var peer = byId.get(id);
        if (peer == null) {
            return false;
        }
        if (peer.topics.contains(topic)) {
            return true;
        }
        if (peer.topics.size() >= config.limits().topicsPerPeerMax()
                || topic.getBytes(StandardCharsets.UTF_8).length > config.limits().topicBytesMax()
                || !config.topics().accepts(topic)) {
            return false;
        }
        peer.topics.add(topic);
        byTopic.computeIfAbsent(topic, _ -> new LinkedHashSet<>()).add(id);
        return true;
    }

    void unsubscribe(PeerId id, String topic) {
        var peer = byId.get(id);
        if (peer != null && peer.topics.remove(topic)) {
            leave(id, topic);
        }
    }

    /// The peers that are subscribed to `topic`.
    SequencedSet<PeerId> in(String topic) {
        return byTopic.getOrDefault(topic, NOBODY);
    }

    /// A heartbeat has passed: everybody's allowances are full again.
    void refill() {
        byId.values()
                .forEach(peer -> {
                    peer.ihaves = 0;
                    peer.asked = 0;
                    peer.served = 0;
                });
    }

    int topics() {
        return byTopic.size();
    }

    private void leave(PeerId id, String topic) {
        byTopic.computeIfPresent(
                topic,
                (_, members) -> {
                    members.remove(id);
                    return members.isEmpty() ? null : members; // No empty topic stays behind.
                });
    }
}
