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
        int dontWants;
        private GossipVersion version = GossipVersion.V1_1;

        private Peer(boolean outbound) {
            this.outbound = outbound;
        }
    }

    private static final SequencedSet<PeerId> NOBODY =
            Collections.unmodifiableSequencedSet(new LinkedHashSet<>());

    private final GossipConfig config;
    private final SequencedMap<PeerId, Peer> byId = new LinkedHashMap<>();
    private final Map<String, SequencedSet<PeerId>> byTopic = new HashMap<>();
    private final SequencedSet<PeerId> withoutMesh = new LinkedHashSet<>();

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
        withoutMesh.remove(id);
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

    /// The stream to the peer is open; until then it counts as one of 1.1.
    void agreed(PeerId id, GossipVersion version) {
        var peer = byId.get(id);
        if (peer != null) {
            peer.version = version;
            if (version.atLeast(GossipVersion.V1_0)) {
                withoutMesh.remove(id);
            } else {
                withoutMesh.add(id);
            }
        }
    }

    /// The peers of floodsub.
    SequencedSet<PeerId> withoutMesh() {
        return withoutMesh;
    }

    /// Whether the peer speaks `version` or a later one.
    boolean speaks(PeerId id, GossipVersion version) {
        return find(id).filter(peer -> peer.version.atLeast(version)).isPresent();
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
                    peer.dontWants = 0;
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
