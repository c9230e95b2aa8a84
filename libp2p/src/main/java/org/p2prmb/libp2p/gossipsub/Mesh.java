package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// For each topic that we are subscribed to, the few peers that we exchange full messages with.
///
/// Every peer of the mesh is connected, subscribed to the topic, not a direct peer and not backed
/// off.
@Pure
final class Mesh {
    private final GossipConfig config;
    private final GossipConfig.Degrees degrees;
    private final Peers peers;
    private final PeerScore scores;
    private final Backoff backoff;
    private final RandomGenerator random;
    private final Outbox outbox;
    private final SequencedMap<String, SequencedSet<PeerId>> topics = new LinkedHashMap<>();
    private long beats;

    Mesh(
            GossipConfig config,
            Peers peers,
            PeerScore scores,
            Backoff backoff,
            RandomGenerator random,
            Outbox outbox) {
        this.config = config;
        this.degrees = config.degrees();
        this.peers = peers;
        this.scores = scores;
        this.backoff = backoff;
        this.random = random;
        this.outbox = outbox;
    }

    boolean joined(String topic) {
        return topics.containsKey(topic);
    }

    /// The topics that we are subscribed to.
    SequencedCollection<String> topics() {
        return Collections.unmodifiableSequencedSet(topics.sequencedKeySet());
    }

    /// The mesh of a joined topic.
    SequencedSet<PeerId> of(String topic) {
        var members = topics.get(topic);
        return members == null ? new LinkedHashSet<>() : members;
    }

    /// Whether the peer is in the mesh of one topic at least.
    boolean contains(PeerId peer) {
        return topics.values().stream().anyMatch(members -> members.contains(peer));
    }

    /// Who is in the mesh of one topic at least.
    Set<PeerId> members() {
        return topics.values().stream()
                .flatMap(SequencedSet::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Subscribes to `topic`, starting with the peers that we published to so far.
    void join(Instant now, String topic, Collection<PeerId> known) {
        topics.put(topic, new LinkedHashSet<>());
        var missing = degrees.target();
        var first = candidates(now, topic, known::contains);
        graft(now, topic, limited(first, missing));
        missing -= Math.min(missing, first.size());
        graft(now, topic, limited(candidates(now, topic, _ -> true), missing));
    }

    void leave(Instant now, String topic) {
        for (var peer : List.copyOf(of(topic))) {
            prune(now, topic, peer, config.timing().unsubscribeBackoff(), true);
        }
        topics.remove(topic);
    }

    /// A peer joined the topic: a mesh that is still too small does not wait for the heartbeat, or
    /// what comes until then would go nowhere.
    void subscribed(Instant now, PeerId peer, String topic) {
        var members = topics.get(topic);
        if (members != null
                && members.size() < degrees.low()
                && !members.contains(peer)
                && graftable(now, topic, peer)) {
            graft(now, topic, List.of(peer));
        }
    }

    /// A peer left the topic. It backs off as after a PRUNE, or it could make us graft it as often
    /// as it likes.
    void unsubscribed(Instant now, PeerId peer, String topic) {
        if (of(topic).contains(peer)) {
            remove(peer, topic);
            backoff.record(now, topic, peer, config.timing().unsubscribeBackoff());
        }
    }

    /// A peer put us into its mesh: takes it into ours, or refuses with a PRUNE.
    void grafted(Instant now, PeerId from, String topic) {
        var members = topics.get(topic);
        if (members == null || members.contains(from)) {
            return; // No answer to a topic that is not ours, or strangers could make us talk.
        }
        if (backoff.running(now, topic, from)) {
            var flood = config.timing().graftFlood();
            scores.misbehaved(from, backoff.youngerThan(now, topic, from, flood) ? 2 : 1);
            refuse(now, topic, from, false);
        } else if (admits(from, topic, members)) {
            members.add(from);
            scores.grafted(now, from, topic);
        } else {
            refuse(now, topic, from, !config.direct(from));
        }
    }

    private boolean admits(PeerId from, String topic, SequencedSet<PeerId> members) {
        return !config.direct(from)
                && peers.speaks(from, GossipVersion.V1_0)
                && scores.of(from) >= 0
                && (members.size() < degrees.high() || peers.outbound(from))
                // Who grafts is subscribed, even if its announcement is still on its way.
                && peers.subscribe(from, topic);
    }

    private void refuse(Instant now, String topic, PeerId from, boolean exchange) {
        var length = config.timing().pruneBackoff();
        backoff.record(now, topic, from, length);
        outbox.prune(from, topic, others(topic, from, exchange), length.toSeconds());
    }

    /// Whom a peer that we prune may turn to; nobody when it did not behave.
    private List<Introduction> others(String topic, PeerId pruned, boolean exchange) {
        if (!exchange || scores.of(pruned) < 0 || !peers.speaks(pruned, GossipVersion.V1_1)) {
            return List.of();
        }
        var others = new ArrayList<PeerId>();
        for (var peer : peers.in(topic)) {
            if (!peer.equals(pruned) && scores.of(peer) >= 0) {
                others.add(peer);
            }
        }
        Collections.shuffle(others, random);
        return limited(others, config.limits().introducedMax()).stream()
                .map(peer -> new Introduction(peer.multihash(), Bytes.EMPTY))
                .toList();
    }

    /// A peer took us out of its mesh. The backoff is unsigned seconds and may be absurd.
    void pruned(Instant now, PeerId from, String topic, long backoffSeconds) {
        if (!joined(topic)) {
            return;
        }
        remove(from, topic);
        var secondsMax = config.timing().backoffMax().toSeconds();
        var seconds =
                Long.compareUnsigned(backoffSeconds, secondsMax) > 0 ? secondsMax : backoffSeconds;
        var length = seconds == 0 ? config.timing().pruneBackoff() : Duration.ofSeconds(seconds);
        backoff.record(now, topic, from, length);
    }

    /// The peer is gone from all topics.
    void remove(PeerId peer) {
        topics.keySet().forEach(topic -> remove(peer, topic));
    }

    /// The peer is gone from the topic.
    void remove(PeerId peer, String topic) {
        if (of(topic).remove(peer)) {
            scores.pruned(peer, topic);
        }
    }

    /// What we said may not have arrived: says again in which meshes the peer is, and which it is
    /// out of since the last PRUNE.
    void repeat(Instant now, PeerId peer) {
        var length = config.timing().pruneBackoff();
        topics.forEach((topic, members) -> {
            if (members.contains(peer)) {
                outbox.graft(peer, topic);
            } else if (backoff.running(now, topic, peer)) {
                backoff.record(now, topic, peer, length); // It counts from now for the peer, too.
                outbox.prune(peer, topic, List.of(), length.toSeconds());
            }
        });
    }

    /// Brings every mesh to its degree.
    void heartbeat(Instant now) {
        beats++;
        topics.forEach((topic, members) -> maintain(now, topic, members));
    }

    private void maintain(Instant now, String topic, SequencedSet<PeerId> members) {
        for (var peer : List.copyOf(members)) {
            if (scores.of(peer) < 0) {
                prune(now, topic, peer, config.timing().pruneBackoff(), false);
            }
        }
        if (members.size() < degrees.low()) {
            var missing = degrees.target() - members.size();
            graft(now, topic, limited(candidates(now, topic, _ -> true), missing));
        } else if (members.size() > degrees.high()) {
            shed(now, topic, members);
        }
        var dialled = members.stream().filter(peers::outbound).count();
        if (members.size() >= degrees.low() && dialled < degrees.out()) {
            var missing = degrees.out() - (int) dialled;
            graft(now, topic, limited(candidates(now, topic, peers::outbound), missing));
        }
        if (beats % config.timing().opportunisticBeats() == 0 && members.size() > 1) {
            graftOpportunistically(now, topic, members);
        }
    }

    /// Keeps the best by score, enough that we dialled, and for the rest chance decides.
    private void shed(Instant now, String topic, SequencedSet<PeerId> members) {
        var order = new ArrayList<>(members);
        Collections.shuffle(order, random);
        order.sort(Comparator.comparingDouble(scores::of).reversed());
        Collections.shuffle(order.subList(degrees.score(), order.size()), random);
        var kept = order.subList(0, degrees.target());
        var missing = degrees.out() - (int) kept.stream().filter(peers::outbound).count();
        var dialled = order.stream().skip(degrees.target()).filter(peers::outbound).toList();
        for (var peer : limited(dialled, missing)) {
            order.remove(peer);
            order.addFirst(peer);
        }
        for (var peer : List.copyOf(order.subList(degrees.target(), order.size()))) {
            prune(now, topic, peer, config.timing().pruneBackoff(), true);
        }
    }

    /// A mesh of poor peers may be an attack: invites some that do better than its median.
    private void graftOpportunistically(Instant now, String topic, SequencedSet<PeerId> members) {
        var sorted = members.stream().map(scores::of).sorted().toList();
        var median = sorted.get(sorted.size() / 2);
        if (median < config.score().thresholds().opportunistic()) {
            var better = candidates(now, topic, peer -> scores.of(peer) > median);
            graft(now, topic, limited(better, GossipConfig.Degrees.OPPORTUNISTIC));
        }
    }

    /// Whom we may graft, in random order.
    private List<PeerId> candidates(Instant now, String topic, Predicate<PeerId> wanted) {
        var members = of(topic);
        var found = new ArrayList<PeerId>();
        for (var peer : peers.in(topic)) {
            if (!members.contains(peer) && wanted.test(peer) && graftable(now, topic, peer)) {
                found.add(peer);
            }
        }
        Collections.shuffle(found, random);
        return found;
    }

    private boolean graftable(Instant now, String topic, PeerId peer) {
        return !config.direct(peer)
                && peers.speaks(peer, GossipVersion.V1_0)
                && !backoff.runningWithSlack(now, topic, peer)
                && scores.of(peer) >= 0;
    }

    private void graft(Instant now, String topic, List<PeerId> chosen) {
        for (var peer : chosen) {
            of(topic).add(peer);
            scores.grafted(now, peer, topic);
            outbox.graft(peer, topic);
        }
    }

    private void prune(Instant now, String topic, PeerId peer, Duration length, boolean exchange) {
        remove(peer, topic);
        backoff.record(now, topic, peer, length);
        outbox.prune(peer, topic, others(topic, peer, exchange), length.toSeconds());
    }

    private static List<PeerId> limited(List<PeerId> all, int count) {
        return all.subList(0, Math.clamp(count, 0, all.size()));
    }

    /// All meshes, for those who check them.
    Map<String, SequencedSet<PeerId>> all() {
        return Collections.unmodifiableMap(topics);
    }
}
