package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// What each peer has earned by its conduct: the sum of P1 to P7 of the GossipSub 1.1
/// specification.
///
/// The score of a peer that leaves with one below 0 is kept, so that coming back is no pardon.
@Pure
final class PeerScore {
    /// One peer's record; `left` is set while it is not connected.
    private static final class Conduct {
        final Bytes address;
        final Map<String, TopicConduct> topics = new HashMap<>();
        double behaviour;
        @Nullable Instant left;

        Conduct(Bytes address) {
            this.address = address;
        }
    }

    private final ScoreConfig config;
    private final SequencedMap<PeerId, Conduct> peers = new LinkedHashMap<>();
    private final SequencedMap<PeerId, Double> ratings = new LinkedHashMap<>();
    private final Map<Bytes, Integer> addresses = new HashMap<>();

    /// How many small messages of each topic have come lately, decayed as each peer's deliveries.
    private final Map<String, Double> came = new HashMap<>();

    private int retained;

    PeerScore(ScoreConfig config) {
        this.config = config;
    }

    /// A peer is there, or there again. An empty `address` is not counted for colocation.
    void connected(PeerId peer, Bytes address) {
        var conduct = new Conduct(address);
        var old = peers.remove(peer);
        if (old != null) {
            conduct.topics.putAll(old.topics);
            conduct.behaviour = old.behaviour;
            removed(old);
        }
        peers.put(peer, conduct);
        if (address.size() > 0) {
            addresses.merge(address, 1, Integer::sum);
        }
    }

    void disconnected(Instant now, PeerId peer) {
        var conduct = peers.get(peer);
        if (conduct == null || conduct.left != null) {
            return;
        }
        conduct.topics.forEach((name, topic) -> topic.pruned(came(name)));
        if (of(peer) >= 0) { // A stranger's 0 would push out what others are remembered for.
            peers.remove(peer);
            removed(conduct);
            return;
        }
        conduct.topics.values().forEach(TopicConduct::forgetMerits);
        conduct.left = now;
        peers.putLast(peer, conduct); // Those who left are in the order in which they did.
        retained++;
        if (retained > config.retainedMax()) {
            forgetLongestGone();
        }
    }

    void grafted(Instant now, PeerId peer, String topic) {
        topic(peer, topic).grafted(now);
    }

    void pruned(PeerId peer, String topic) {
        topic(peer, topic).pruned(came(topic));
    }

    /// P2 and P3: the peer was the first to deliver a valid message.
    void firstDelivery(PeerId peer, String topic) {
        topic(peer, topic).firstDelivery();
    }

    /// P3: the peer delivered a valid message that was not new but still in time.
    void delivery(PeerId peer, String topic) {
        topic(peer, topic).delivery();
    }

    /// P3: a valid message came that every peer of the mesh may be expected to deliver, too.
    void expected(String topic) {
        if (config.topic(topic).judgesDeliveries()) {
            came.merge(topic, 1.0, Double::sum);
        }
    }

    private double came(String topic) {
        return came.getOrDefault(topic, 0.0);
    }

    /// P4: the peer delivered an invalid message.
    void invalid(PeerId peer, String topic) {
        topic(peer, topic).invalid();
    }

    /// P5: what the application thinks of the peer, whether it is connected or not. The last that
    /// were rated are remembered.
    void rated(PeerId peer, double rating) {
        if (rating == 0) {
            ratings.remove(peer);
            return;
        }
        ratings.putLast(peer, rating);
        if (ratings.size() > config.retainedMax()) {
            ratings.pollFirstEntry();
        }
    }

    /// P7: the peer broke `count` rules of the protocol.
    void misbehaved(PeerId peer, int count) {
        var conduct = peers.get(peer);
        if (conduct != null) {
            conduct.behaviour += count;
        }
    }

    /// One interval has passed: counters decay, and old records of peers that left go.
    void refresh(Instant now) {
        peers.values()
                .removeIf(conduct -> {
                    var old =
                            conduct.left != null
                                    && !now.isBefore(conduct.left.plus(config.retain()));
                    if (old) {
                        removed(conduct);
                    }
                    return old;
                });
        came.replaceAll((topic, count) ->
                TopicConduct.decayed(
                        count, config.topic(topic).deliveryDecay(), config.decayToZero()));
        came.values().removeIf(count -> count == 0);
        for (var conduct : peers.values()) {
            if (conduct.left == null) { // A peer that left cannot sit its penalties out.
                conduct.topics.values().forEach(topic -> topic.refresh(now, config.decayToZero()));
                conduct.behaviour =
                        TopicConduct.decayed(
                                conduct.behaviour, config.behaviourDecay(), config.decayToZero());
            }
        }
    }

    /// The score; 0 for a stranger.
    double of(PeerId peer) {
        var conduct = peers.get(peer);
        if (conduct == null) {
            return 0;
        }
        var merits = 0.0;
        var score = config.appWeight() * ratings.getOrDefault(peer, 0.0);
        for (var entry : conduct.topics.entrySet()) {
            var inTopic = entry.getValue().conduct(came(entry.getKey()));
            merits += Math.max(0, inTopic);
            score += Math.min(0, inTopic) + entry.getValue().offences();
        }
        score += Math.min(merits, config.meritsMax());
        score += config.colocationWeight() * squaredColocation(conduct.address);
        var broken = Math.max(0, conduct.behaviour - config.behaviourThreshold());
        return score + config.behaviourWeight() * broken * broken;
    }

    /// How many rules the peer has broken lately, decayed.
    double behaviour(PeerId peer) {
        var conduct = peers.get(peer);
        return conduct == null ? 0 : conduct.behaviour;
    }

    int size() {
        return peers.size();
    }

    private double squaredColocation(Bytes address) {
        var surplus = addresses.getOrDefault(address, 0) - config.colocationThreshold();
        return surplus > 0 ? (double) surplus * surplus : 0;
    }

    /// Only topics that we are in reach this, so their number is ours to bound.
    private TopicConduct topic(PeerId peer, String topic) {
        var conduct = peers.get(peer);
        return conduct == null
                ? new TopicConduct(config.topic(topic)) // A stranger's record is not kept.
                : conduct.topics.computeIfAbsent(
                        topic, name -> new TopicConduct(config.topic(name)));
    }

    private void forgetLongestGone() {
        var gone = peers.values().iterator();
        while (gone.hasNext()) {
            var conduct = gone.next();
            if (conduct.left != null) {
                gone.remove();
                removed(conduct);
                return;
            }
        }
    }

    private void removed(Conduct conduct) {
        if (conduct.left != null) {
            retained--;
        }
        if (conduct.address.size() > 0) {
            addresses.computeIfPresent(
                    conduct.address, (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
