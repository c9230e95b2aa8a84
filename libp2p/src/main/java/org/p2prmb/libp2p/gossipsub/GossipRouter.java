package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Decides who is in our mesh of each topic and where each message goes next: GossipSub 1.2.
///
/// ```
/// Received -> known already?  -- yes --> counted, dropped
///                |  no
///             Validate ... Validated(ACCEPT) -> Deliver, Forward to the mesh, cache for IWANT
///                          Validated(REJECT) -> everyone who sent it is punished
/// ```
///
/// A message is forwarded only after its validation; duplicates are found before anybody pays for
/// verifying a signature.
public final class GossipRouter implements Machine<GossipRouter.Event, GossipRouter.Action> {
    /// What happens to a router.
    public sealed interface Event {
        /// A peer that speaks our protocol is there. An empty `address` is not counted against
        /// others at the same one.
        record Connected(PeerId peer, boolean outbound, Bytes address) implements Event {}

        /// Our stream to the peer is open, and this is what it speaks.
        record Agreed(PeerId peer, GossipVersion version) implements Event {}

        /// What we sent last may be lost: the peer is told again all that it must know.
        record Reopened(PeerId peer) implements Event {}

        record Disconnected(PeerId peer) implements Event {}

        record Received(PeerId from, Rpc rpc) implements Event {}

        record Joined(String topic) implements Event {}

        record Left(String topic) implements Event {}

        /// A signed message of our own.
        record Published(GossipMessage message) implements Event {}

        /// An answer to [Action.Validate]: the author signed it, and this is what it is worth.
        record Validated(Bytes id, Verdict verdict) implements Event {}

        /// An answer to [Action.Validate]: the author did not sign this copy.
        record Forged(Bytes id) implements Event {}

        /// An answer to [Action.Validate]: we were too busy to look.
        record Postponed(Bytes id) implements Event {}

        /// P5: what the application thinks of the peer from now on.
        record Rated(PeerId peer, double rating) implements Event {}

        /// Asks who is where; answered by [Action.Answer].
        record Asked(long question, String topic) implements Event {}
    }

    /// What a router wants done.
    public sealed interface Action {
        /// Sends subscriptions and control.
        record Send(PeerId to, Rpc rpc) implements Action {}

        /// Sends one message to several peers.
        record Forward(List<PeerId> to, GossipMessage message) implements Action {
            public Forward {
                to = List.copyOf(to);
            }
        }

        /// Checks signature, then content; reports [Event.Validated], [Event.Forged] or
        /// [Event.Postponed].
        record Validate(PeerId from, GossipMessage message) implements Action {}

        /// Gives the message to the application.
        record Deliver(GossipMessage message) implements Action {}

        /// Connects to these peers when their records are right.
        record Introduce(PeerId by, List<Introduction> peers) implements Action {
            public Introduce {
                peers = List.copyOf(peers);
            }
        }

        /// Connects to direct peers that are gone.
        record Reach(Set<PeerId> peers) implements Action {
            public Reach {
                peers = Set.copyOf(peers);
            }
        }

        /// Who is in the mesh of some topic of ours from now on; told after a heartbeat at which it
        /// was not as told before.
        record Meshed(Set<PeerId> peers) implements Action {
            public Meshed {
                peers = Set.copyOf(peers);
            }
        }

        /// Who is where in the topic asked for.
        ///
        /// @param peers who is subscribed to the topic
        /// @param mesh who of them is in our mesh
        record Answer(long question, Set<PeerId> peers, Set<PeerId> mesh) implements Action {
            public Answer {
                peers = Set.copyOf(peers);
                mesh = Set.copyOf(mesh);
            }
        }
    }

    private static final int BACKOFF_SLACK_BEATS = 2;

    private final GossipConfig config;
    private final Outbox outbox = new Outbox();
    private final PeerScore scores;
    private final Peers peers;
    private final Backoff backoff;
    private final Mesh mesh;
    private final Fanout fanout;
    private final SeenCache seen;
    private final MessageCache cache;
    private final LazyGossip gossip;
    private final DontWant dontWant;
    private final MessageFlow messages;

    /// The topics that we left last, for peers that may not have heard it.
    private final SequencedSet<String> left = new LinkedHashSet<>();

    private Instant nextHeartbeat;
    private Set<PeerId> meshed = Set.of();
    private long beats;

    /// A router without peers and topics, at `start`.
    public GossipRouter(GossipConfig config, PeerId self, RandomGenerator random, Instant start) {
        this.config = config;
        var timing = config.timing();
        var limits = config.limits();
        this.scores = trusting(config);
        this.peers = new Peers(config);
        this.backoff =
                new Backoff(
                        timing.heartbeat().multipliedBy(BACKOFF_SLACK_BEATS), limits.backoffsMax());
        this.mesh = new Mesh(config, peers, scores, backoff, random, outbox);
        this.fanout = new Fanout(config, peers, scores, random);
        this.seen = new SeenCache(timing.seen(), limits.seenMax());
        this.cache = new MessageCache(timing, limits);
        this.gossip = new LazyGossip(config, peers, scores, mesh, seen, cache, random, outbox);
        this.dontWant = new DontWant(config, peers, scores, mesh, outbox);
        this.messages =
                new MessageFlow(
                        config, self, peers, scores, mesh, fanout, seen, cache, gossip, dontWant,
                        outbox);
        this.nextHeartbeat = start.plus(timing.initialDelay());
    }

    /// Nobody has said anything yet, so whom we may ask for others is the configuration's to say.
    private static PeerScore trusting(GossipConfig config) {
        var scores = new PeerScore(config.score());
        var rating = config.score().thresholds().acceptPx();
        config.trusted().forEach(peer -> scores.rated(peer, rating));
        config.directPeers().keySet().forEach(peer -> scores.rated(peer, rating));
        return scores;
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        switch (event) {
            case Event.Connected(var peer, var outbound, var address) ->
                    connected(peer, outbound, address);
            case Event.Agreed(var peer, var version) -> agreed(peer, version);
            case Event.Reopened(var peer) -> reopened(now, peer);
            case Event.Disconnected(var peer) -> disconnected(now, peer);
            case Event.Received(var from, var rpc) -> received(now, from, rpc);
            case Event.Joined(var topic) -> joined(now, topic);
            case Event.Left(var topic) -> left(now, topic);
            case Event.Published(var message) -> messages.published(now, message);
            case Event.Validated(var id, var verdict) -> messages.validated(now, id, verdict);
            case Event.Forged(var id) -> messages.forged(id);
            case Event.Postponed(var id) -> messages.postponed(id);
            case Event.Rated(var peer, var rating) -> scores.rated(peer, rating);
            case Event.Asked(var question, var topic) ->
                    outbox.add(new Action.Answer(question, peers.in(topic), mesh.of(topic)));
        }
        return outbox.drain();
    }

    /// The heartbeat.
    @Override
    public List<Action> tick(Instant now) {
        if (now.isBefore(nextHeartbeat)) {
            return List.of();
        }
        nextHeartbeat = now.plus(config.timing().heartbeat());
        messages.expire(now);
        backoff.expire(now);
        seen.expire(now);
        peers.refill();
        scores.refresh(now);
        mesh.heartbeat(now);
        fanout.heartbeat(now);
        gossip.heartbeat(now, fanout);
        dontWant.heartbeat();
        cache.shift();
        tellMesh();
        reachDirect();
        return outbox.drain();
    }

    private void reachDirect() {
        if (beats++ % config.timing().directBeats() == 0) {
            var gone = new LinkedHashSet<>(config.directPeers().keySet());
            gone.removeAll(peers.all());
            if (!gone.isEmpty()) {
                outbox.add(new Action.Reach(gone));
            }
        }
    }

    private void tellMesh() {
        var members = mesh.members();
        if (!members.equals(meshed)) {
            meshed = members;
            outbox.add(new Action.Meshed(members));
        }
    }

    @Override
    public Instant nextTick() {
        return nextHeartbeat;
    }

    private void connected(PeerId peer, boolean outbound, Bytes address) {
        if (!peers.contains(peer) && peers.add(peer, outbound)) {
            scores.connected(peer, address);
            mesh.topics().forEach(topic -> outbox.announce(peer, true, topic));
        }
    }

    private void agreed(PeerId peer, GossipVersion version) {
        peers.agreed(peer, version);
        if (!peers.speaks(peer, GossipVersion.V1_0)) {
            mesh.remove(peer); // It has none, and knows nothing of ours.
        }
    }

    private void reopened(Instant now, PeerId peer) {
        if (peers.contains(peer)) {
            left.forEach(topic -> outbox.announce(peer, false, topic));
            mesh.topics().forEach(topic -> outbox.announce(peer, true, topic));
            mesh.repeat(now, peer);
        }
    }

    private void disconnected(Instant now, PeerId peer) {
        mesh.remove(peer);
        fanout.remove(peer);
        gossip.remove(peer);
        dontWant.remove(peer);
        peers.remove(peer);
        scores.disconnected(now, peer);
    }

    private void joined(Instant now, String topic) {
        if (!mesh.joined(topic)) {
            left.remove(topic);
            peers.all().forEach(peer -> outbox.announce(peer, true, topic));
            mesh.join(now, topic, fanout.take(topic));
        }
    }

    private void left(Instant now, String topic) {
        if (mesh.joined(topic)) {
            peers.all().forEach(peer -> outbox.announce(peer, false, topic));
            mesh.leave(now, topic);
            left.addLast(topic);
            if (left.size() > config.limits().topicsPerPeerMax()) {
                left.removeFirst();
            }
        }
    }

    private void received(Instant now, PeerId from, Rpc rpc) {
        var graylisted = scores.of(from) < config.score().thresholds().graylist();
        if (!peers.contains(from) || (graylisted && !config.direct(from))) {
            return;
        }
        for (var change : rpc.subscriptions()) {
            if (change.subscribe()) {
                if (peers.subscribe(from, change.topic())) {
                    mesh.subscribed(now, from, change.topic());
                }
            } else {
                mesh.unsubscribed(now, from, change.topic());
                fanout.remove(from, change.topic());
                peers.unsubscribe(from, change.topic());
            }
        }
        rpc.messages().forEach(message -> messages.received(now, from, message));
        rpc.invalid().stream().filter(mesh::joined).forEach(topic -> scores.invalid(from, topic));
        var control = rpc.control();
        if (!control.isEmpty()) {
            gossip.ihave(now, from, control.ihave());
            gossip.iwant(from, control.iwant());
            dontWant.told(from, control.idontwant());
            control.graft().forEach(topic -> mesh.grafted(now, from, topic));
            control.prune().forEach(prune -> pruned(now, from, prune));
        }
    }

    private void pruned(Instant now, PeerId from, Rpc.Prune prune) {
        // Before its time in the mesh is over, which is part of its score.
        var trusted = scores.of(from) >= config.score().thresholds().acceptPx();
        mesh.pruned(now, from, prune.topic(), prune.backoffSeconds());
        if (trusted && !prune.peers().isEmpty() && mesh.joined(prune.topic())) {
            // Nobody who knows enough peers of the topic needs more.
            var needed = config.degrees().high() - peers.in(prune.topic()).size();
            var peersMax = Math.clamp(needed, 0, config.limits().introductionsMax());
            var some = prune.peers().stream().limit(peersMax).toList();
            if (!some.isEmpty()) {
                outbox.add(new Action.Introduce(from, some));
            }
        }
    }

    /// The peers that we exchange the full messages of `topic` with, in a view.
    public SequencedSet<PeerId> mesh(String topic) {
        return Collections.unmodifiableSequencedSet(mesh.of(topic));
    }

    /// How much the router remembers; what its bounds are tested with.
    RouterSizes sizes() {
        return new RouterSizes(
                peers.all().size(),
                peers.topics(),
                seen.size(),
                cache.size(),
                backoff.size(),
                gossip.promises(),
                messages.validations(),
                scores.size(),
                dontWant.size());
    }

    /// The parts, for tests of what cannot be seen from outside.
    Mesh mesh() {
        return mesh;
    }

    PeerScore scores() {
        return scores;
    }

    Peers peers() {
        return peers;
    }
}
