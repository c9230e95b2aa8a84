package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action.Forward;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;

/// Tells peers outside the mesh which messages we have (IHAVE), asks for those that we miss (IWANT)
/// and serves those that others miss: what repairs lost messages and censoring meshes.
///
/// What we were too busy to look at is asked for again: our mesh sends it no more, for it was told
/// that we have it, or has sent it.
@Pure
final class LazyGossip {
    private final GossipConfig config;
    private final Peers peers;
    private final PeerScore scores;
    private final Mesh mesh;
    private final SeenCache seen;
    private final MessageCache cache;
    private final GossipPromises promises;
    private final RandomGenerator random;
    private final Outbox outbox;

    /// What we were too busy for, and who has it; until the next heartbeat.
    private final SequencedMap<Bytes, PeerId> postponed = new LinkedHashMap<>();

    LazyGossip(
            GossipConfig config,
            Peers peers,
            PeerScore scores,
            Mesh mesh,
            SeenCache seen,
            MessageCache cache,
            RandomGenerator random,
            Outbox outbox) {
        this.config = config;
        this.peers = peers;
        this.scores = scores;
        this.mesh = mesh;
        this.seen = seen;
        this.cache = cache;
        this.promises = new GossipPromises(config.limits().promisesMax());
        this.random = random;
        this.outbox = outbox;
    }

    /// A peer announces messages: asks for what is new to us.
    void ihave(Instant now, PeerId from, List<Ihave> announced) {
        var peer = peers.find(from).orElse(null);
        if (announced.isEmpty() || peer == null || ignored(from)) {
            return;
        }
        peer.ihaves++;
        var room = config.limits().idsPerBeatMax() - peer.asked;
        if (peer.ihaves > config.limits().ihavesPerBeatMax() || room <= 0) {
            return;
        }
        var wanted = new LinkedHashSet<Bytes>();
        for (var ihave : announced) {
            if (mesh.joined(ihave.topic())) {
                ihave.ids().stream().filter(id -> !seen.contains(id)).forEach(wanted::add);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        var order = new ArrayList<>(wanted);
        Collections.shuffle(order, random);
        var asked = order.subList(0, Math.min(room, order.size()));
        peer.asked += asked.size();
        outbox.iwant(from, asked);
        // One of them, by chance, stands for all: the table stays small.
        promises.add(from, asked.getFirst(), now.plus(config.timing().promise()));
    }

    /// A peer asks for messages: sends those that we have, each a few times at most.
    void iwant(PeerId from, List<Bytes> ids) {
        var peer = peers.find(from).orElse(null);
        if (ids.isEmpty() || peer == null || ignored(from)) {
            return;
        }
        for (var id : new LinkedHashSet<>(ids)) {
            if (peer.served >= config.limits().idsPerBeatMax()) {
                return;
            }
            cache.serve(id, from)
                    .ifPresent(message -> {
                        peer.served++;
                        outbox.add(new Forward(List.of(from), message));
                    });
        }
    }

    /// The message arrived, from whomever: nobody owes it any longer.
    void arrived(Bytes id) {
        promises.fulfilled(id);
    }

    /// We were too busy for the message that `from` sent.
    void postponed(Bytes id, PeerId from) {
        if (postponed.size() < config.limits().validationsMax()) {
            postponed.put(id, from);
        }
    }

    void remove(PeerId peer) {
        promises.forget(peer);
    }

    /// Punishes broken promises, asks for what was postponed, and announces the last messages to
    /// some peers of each topic.
    void heartbeat(Instant now, Fanout fanout) {
        promises.broken(now).forEach(scores::misbehaved);
        askAgain();
        var full = new LinkedHashMap<String, Collection<PeerId>>(fanout.topics());
        full.putAll(mesh.all());
        cache.recent()
                .forEach((topic, ids) -> {
                    var getFull = full.get(topic);
                    if (getFull != null) {
                        announce(topic, ids, getFull);
                    }
                });
    }

    private void askAgain() {
        postponed.forEach((id, from) -> {
            if (!seen.contains(id) && peers.speaks(from, GossipVersion.V1_0) && !ignored(from)) {
                outbox.iwant(from, List.of(id));
            }
        });
        postponed.clear();
    }

    private void announce(String topic, List<Bytes> ids, Collection<PeerId> getFull) {
        var candidates = new ArrayList<PeerId>();
        for (var peer : peers.in(topic)) {
            if (!getFull.contains(peer)
                    && !config.direct(peer)
                    && peers.speaks(peer, GossipVersion.V1_0)
                    && !ignored(peer)) {
                candidates.add(peer);
            }
        }
        Collections.shuffle(candidates, random);
        var share = (int) (config.degrees().gossipFactor() * candidates.size());
        var count = Math.min(candidates.size(), Math.max(config.degrees().lazy(), share));
        var idsMax = config.limits().idsPerBeatMax();
        for (var peer : candidates.subList(0, count)) {
            if (ids.size() > idsMax) {
                Collections.shuffle(ids, random); // Each peer gets others, together they get all.
            }
            outbox.ihave(peer, topic, ids.subList(0, Math.min(ids.size(), idsMax)));
        }
    }

    private boolean ignored(PeerId peer) {
        return scores.of(peer) < config.score().thresholds().gossip();
    }

    int promises() {
        return promises.size();
    }
}
