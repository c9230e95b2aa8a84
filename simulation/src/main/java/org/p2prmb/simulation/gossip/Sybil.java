package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.Rpc;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;

/// An attacker: wants to be in every mesh of honest agents, and forwards nothing that is of use.
///
/// It knows the rules well enough to wait for the end of a backoff, since a GRAFT before is
/// punished.
final class Sybil implements ProtocolNode {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final int TRIES = 40;

    /// One RPC more than a router looks at, each beat.
    private static final int FLOOD_RPCS = 11;

    private static final int FLOOD_IDS = 50;
    private static final int ID_BYTES = 20;
    private static final int FORGED_MAX = 1_000;

    /// An honest agent, and the topics that it pruned us from until when.
    private record Target(SequencedMap<String, Instant> backoffs) {}

    private final World world;
    private final Seat seat;
    private final RandomGenerator random;
    private final SequencedMap<Integer, Target> targets = new LinkedHashMap<>();
    private final SequencedSet<Integer> dialling = new LinkedHashSet<>();
    private final SequencedSet<Bytes> forged = new LinkedHashSet<>();
    private Instant nextBeat = Instant.MAX;

    Sybil(World world, Seat seat) {
        this.world = world;
        this.seat = seat;
        random = seat.simulation().random(seat.agent());
    }

    @Override
    public void started(Instant now) {
        nextBeat = now.plusMillis(random.nextInt((int) BEAT.toMillis()));
    }

    @Override
    public void linkUp(Instant now, int peer) {
        dialling.remove(peer);
        if (!world.roles().isAttacker(peer) && targets.get(peer) == null) {
            targets.put(peer, new Target(new LinkedHashMap<>()));
            var all = new ArrayList<SubscriptionChange>();
            world.topics().forEach(topic -> all.add(new SubscriptionChange(true, topic)));
            world.say(seat, peer, Rpc.of(all));
            graft(peer, world.topics());
        }
    }

    private void graft(int peer, List<String> topics) {
        if (!topics.isEmpty()) {
            var control = Control.ofGraft(topics);
            world.say(seat, peer, Rpc.of(control));
        }
    }

    @Override
    public void linkDown(Instant now, int peer) {
        dialling.remove(peer);
        targets.remove(peer);
    }

    @Override
    public void unreachable(Instant now, int peer) {
        linkDown(now, peer);
    }

    @Override
    public void received(Instant now, int peer, byte[] frame) {
        var rpc = decoded(frame);
        var target = targets.get(peer);
        if (target != null) {
            for (var prune : rpc.control().prune()) {
                var seconds = Math.max(1, prune.backoffSeconds());
                target.backoffs().put(prune.topic(), now.plusSeconds(seconds).plus(BEAT));
            }
        }
        if (world.settings().attack() == Attack.FORGE) {
            rpc.messages().forEach(this::forge);
        }
        if (rpc.messages().isEmpty()) {
            world.ledger().control(frame.length);
        }
    }

    private Rpc decoded(byte[] frame) {
        try {
            return world.codec().decode(frame);
        } catch (ProtocolException e) {
            throw new Violation("an agent sent what is no RPC: " + e.getMessage());
        }
    }

    /// Forwards a message with another last byte, which is one of the signature.
    private void forge(GossipMessage message) {
        if (!forged.add(message.id())) {
            return;
        }
        if (forged.size() > FORGED_MAX) {
            forged.removeFirst();
        }
        var encoded = message.encoded().toArray();
        encoded[encoded.length - 1] ^= 1;
        var altered =
                new GossipMessage(
                        message.id(),
                        message.from(),
                        message.seqno(),
                        message.topic(),
                        message.data(),
                        Bytes.wrap(encoded));
        var frames = world.codec().encode(Rpc.of(altered));
        targets.keySet().forEach(peer -> world.send(seat, peer, frames));
    }

    @Override
    public void occurred(Instant now, Object event) {
        throw new IllegalStateException("an attacker waits for nothing");
    }

    @Override
    public void tick(Instant now) {
        nextBeat = now.plus(BEAT);
        fill();
        targets.forEach((peer, target) -> {
            graft(peer, over(now, target));
            if (world.settings().attack() == Attack.FLOOD) {
                flood(peer);
            }
        });
    }

    /// The topics whose backoff is over, once each.
    private static List<String> over(Instant now, Target target) {
        var over = new ArrayList<String>();
        target.backoffs()
                .forEach((topic, until) -> {
                    if (!now.isBefore(until)) {
                        over.add(topic);
                    }
                });
        over.forEach(target.backoffs()::remove);
        return over;
    }

    private void flood(int peer) {
        for (int rpc = 0; rpc < FLOOD_RPCS; rpc++) {
            var ids = new ArrayList<Bytes>(FLOOD_IDS);
            for (int index = 0; index < FLOOD_IDS; index++) {
                var id = new byte[ID_BYTES];
                random.nextBytes(id);
                ids.add(Bytes.wrap(id));
            }
            var topic = world.topics().get(rpc % world.topics().size());
            var ihave = List.of(new Ihave(topic, ids));
            world.say(seat, peer, Rpc.of(Control.ofIhave(ihave)));
        }
    }

    /// Dials honest agents, as many as an honest one wants neighbours.
    private void fill() {
        var simulation = seat.simulation();
        int wanted = world.settings().neighbours();
        for (int attempt = 0;
                attempt < TRIES && targets.size() + dialling.size() < wanted;
                attempt++) {
            int peer = world.roles().anyHonest(random);
            if (simulation.isUp(peer)
                    && simulation.isOpen(seat.agent(), peer)
                    && !seat.isLinked(peer)
                    && dialling.add(peer)) {
                seat.connect(peer);
            }
        }
    }

    @Override
    public Instant nextTick() {
        return nextBeat;
    }
}
