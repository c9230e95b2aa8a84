package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.SeenCache.Outcome;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/// The way of each message through the router: known or new, validated, delivered and forwarded.
@Pure
final class MessageFlow {
    private final GossipConfig config;
    private final PeerId self;
    private final Peers peers;
    private final PeerScore scores;
    private final Mesh mesh;
    private final Fanout fanout;
    private final SeenCache seen;
    private final MessageCache cache;
    private final LazyGossip gossip;
    private final DontWant dontWant;
    private final Outbox outbox;
    private final Validations validations;

    MessageFlow(
            GossipConfig config,
            PeerId self,
            Peers peers,
            PeerScore scores,
            Mesh mesh,
            Fanout fanout,
            SeenCache seen,
            MessageCache cache,
            LazyGossip gossip,
            DontWant dontWant,
            Outbox outbox) {
        this.config = config;
        this.self = self;
        this.peers = peers;
        this.scores = scores;
        this.mesh = mesh;
        this.fanout = fanout;
        this.seen = seen;
        this.cache = cache;
        this.gossip = gossip;
        this.dontWant = dontWant;
        this.outbox = outbox;
        this.validations = new Validations(config.limits());
    }

    /// Whose verdict did not come in time is ignored.
    void expire(Instant now) {
        validations.expire(now).forEach(late -> decide(now, late, Verdict.IGNORE));
    }

    int validations() {
        return validations.size();
    }

    /// A copy arrived: counts it, or has it validated when it is the first.
    void received(Instant now, PeerId from, GossipMessage message) {
        var id = message.id();
        gossip.arrived(id); // Whatever becomes of it: who sent what it promised keeps its word.
        if (validations.contains(id)) {
            validations.addCopy(message, from);
            return;
        }
        if (!mesh.joined(message.topic()) || message.from().equals(self)) {
            return; // Not asked for, or an echo of what a former run of ours said.
        }
        var known = seen.find(id);
        if (known.isPresent()) {
            duplicate(now, from, message, known.get());
            return;
        }
        if (validations.add(message, from, now.plus(config.timing().validation()))) {
            seen.add(now, message);
            dontWant.arrived(from, message);
            outbox.add(new Action.Validate(from, message));
        }
    }

    private void duplicate(Instant now, PeerId from, GossipMessage message, SeenCache.Entry known) {
        var topic = message.topic();
        if (!known.topic().equals(topic)) {
            return; // An author's trick with one id in two topics; not the forwarder's fault.
        }
        switch (known.outcome()) {
            case REJECTED -> scores.invalid(from, topic);
            case ACCEPTED -> {
                var weights = config.score().topic(topic);
                if (weights.judgesDeliveries()
                        && !now.isAfter(known.decided().plus(weights.deliveryWindow()))
                        && known.deliveredBy(from)) {
                    scores.delivery(from, topic);
                }
            }
            case PENDING, IGNORED -> {}
        }
    }

    void validated(Instant now, Bytes id, Verdict verdict) {
        validations.remove(id).ifPresent(pending -> decide(now, pending, verdict));
    }

    private void decide(Instant now, Validations.Pending pending, Verdict verdict) {
        var id = pending.message().id();
        switch (verdict) {
            case ACCEPT -> accepted(now, pending);
            case REJECT -> {
                seen.find(id).ifPresent(entry -> entry.decide(now, Outcome.REJECTED));
                blame(pending.copy());
            }
            case IGNORE -> seen.find(id).ifPresent(entry -> entry.decide(now, Outcome.IGNORED));
        }
    }

    /// Only this copy is bad: the next one gets its chance.
    void forged(Bytes id) {
        var forged = validations.removeForged(id).orElse(null);
        if (forged == null) {
            return;
        }
        blame(forged);
        var next = validations.find(id).map(Validations.Pending::copy).orElse(null);
        if (next == null) {
            seen.forget(id);
            dontWant.retract(forged.senders().getFirst(), forged.message());
        } else {
            outbox.add(new Action.Validate(next.senders().getFirst(), next.message()));
        }
    }

    private void blame(Validations.Copy copy) {
        copy.senders().forEach(sender -> scores.invalid(sender, copy.message().topic()));
    }

    void postponed(Bytes id) {
        seen.forget(id);
        validations
                .remove(id)
                .ifPresent(late -> gossip.postponed(id, late.copy().senders().getFirst()));
    }

    private void accepted(Instant now, Validations.Pending pending) {
        var message = pending.message();
        var topic = message.topic();
        var entry = seen.find(message.id());
        entry.ifPresent(met -> met.decide(now, Outcome.ACCEPTED));
        if (!mesh.joined(topic)) {
            return; // We left meanwhile.
        }
        var senders = pending.copy().senders();
        var first = senders.getFirst();
        scores.firstDelivery(first, topic);
        if (!dontWant.large(message)) {
            scores.expected(topic);
        }
        if (config.score().topic(topic).judgesDeliveries()) {
            for (var sender : senders) {
                entry.ifPresent(met -> met.deliveredBy(sender));
                if (!sender.equals(first)) {
                    scores.delivery(sender, topic);
                }
            }
        }
        cache.put(message);
        outbox.add(new Action.Deliver(message));
        forward(message, mesh.of(topic), senders);
    }

    /// A message of our own goes out.
    void published(Instant now, GossipMessage message) {
        if (seen.contains(message.id())) {
            return;
        }
        seen.add(now, message).decide(now, Outcome.ACCEPTED);
        cache.put(message);
        forward(message, audience(now, message.topic()), List.of());
    }

    /// Who gets a message of our own first.
    private Collection<PeerId> audience(Instant now, String topic) {
        if (config.floodPublish()) {
            return peers.in(topic).stream().filter(fanout::publishable).toList();
        }
        if (mesh.joined(topic)) {
            return mesh.of(topic);
        }
        return fanout.publish(now, topic);
    }

    private void forward(GossipMessage message, Collection<PeerId> audience, List<PeerId> senders) {
        var to = new LinkedHashSet<>(audience);
        var subscribed = peers.in(message.topic());
        config.directPeers().keySet().stream().filter(subscribed::contains).forEach(to::add);
        for (var peer : peers.withoutMesh()) { // They rely on us for every message.
            if (subscribed.contains(peer) && fanout.publishable(peer)) {
                to.add(peer);
            }
        }
        senders.forEach(to::remove);
        to.remove(message.from());
        to.removeIf(peer -> !dontWant.wanted(peer, message.id()));
        if (!to.isEmpty()) {
            outbox.add(new Action.Forward(List.copyOf(to), message));
        }
    }
}
