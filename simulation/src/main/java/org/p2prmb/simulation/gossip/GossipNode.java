package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipCodec;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipRouter;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc;
import org.p2prmb.libp2p.gossipsub.Verdict;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Violation;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The publish and subscribe of one agent: the production router, and a shell that carries out its
/// actions as the network's shell does.
final class GossipNode implements ProtocolNode {
    /// Publishes the next message, with this number in it.
    record Publish(int topic, long number) {}

    /// A worker comes to this message.
    private record Judge(GossipMessage message) {}

    /// From the arrival of a message to its verdict.
    private static final Duration JUDGING = Duration.ofMillis(1);

    private final World world;
    private final Seat seat;
    private final GossipRouter router;
    private final Neighbours neighbours;

    /// Messages that go to each peer at the end of the event, as many as fit in a frame together.
    private final SequencedMap<Integer, List<GossipMessage>> outgoing = new LinkedHashMap<>();

    private long lastSeqno;

    GossipNode(World world, Seat seat) {
        this.world = world;
        this.seat = seat;
        var random = seat.simulation().random(seat.agent());
        var start = seat.simulation().now(seat.agent());
        router = new GossipRouter(world.config(), peer(seat.agent()), random, start);
        neighbours = new Neighbours(world, seat, random);
        lastSeqno = GossipCodec.seqnoBefore(start);
    }

    private PeerId peer(int number) {
        return world.population().peer(number);
    }

    private int number(PeerId peer) {
        return world.population().number(peer);
    }

    @Override
    public void started(Instant now) {
        for (int topic : world.roles().topics(seat.agent())) {
            apply(now, new Event.Joined(world.topic(topic)));
        }
        neighbours.fill();
    }

    @Override
    public void linkUp(Instant now, int peer) {
        if (!neighbours.contains(peer) && neighbours.up(peer)) {
            var dialled = neighbours.isDialled(peer);
            apply(now, new Event.Connected(peer(peer), dialled, world.address(peer)));
        }
    }

    @Override
    public void linkDown(Instant now, int peer) {
        if (neighbours.down(peer)) {
            apply(now, new Event.Disconnected(peer(peer)));
        }
    }

    @Override
    public void unreachable(Instant now, int peer) {
        linkDown(now, peer);
    }

    @Override
    public void received(Instant now, int peer, byte[] frame) {
        if (frame.length > world.config().streams().rpcBytesMax()) {
            throw new Violation("a frame of %,d bytes came".formatted(frame.length));
        }
        var rpc = decoded(frame);
        int copies = rpc.messages().size() + rpc.invalid().size();
        if (copies == 0) {
            world.ledger().control(frame.length);
        } else if (!world.roles().isAttacker(seat.agent())) {
            world.ledger().copies(copies);
        }
        apply(now, new Event.Received(peer(peer), rpc));
    }

    private Rpc decoded(byte[] frame) {
        try {
            return world.codec().decode(frame);
        } catch (ProtocolException e) {
            throw new Violation("an agent sent what is no RPC: " + e.getMessage());
        }
    }

    @Override
    public void occurred(Instant now, Object event) {
        switch (event) {
            case Judge(var message) -> apply(now, verdict(message));
            case Publish(var topic, var number) -> publish(now, topic, number);
            case Neighbours.Mend() -> neighbours.fill();
            case Neighbours.Revisit(var peer) -> neighbours.revisit(peer);
            default -> throw new IllegalStateException("an event of somebody else");
        }
    }

    private Event verdict(GossipMessage message) {
        if (world.codec().verify(message)) {
            return new Event.Validated(message.id(), Verdict.ACCEPT);
        }
        world.ledger().forgery();
        return new Event.Forged(message.id());
    }

    private void publish(Instant now, int topic, long number) {
        var data = new byte[world.settings().load().messageBytes()];
        ByteBuffer.wrap(data).putLong(number);
        var keys = world.population().keys(seat.agent());
        var message = world.codec().sign(keys, ++lastSeqno, world.topic(topic), Bytes.wrap(data));
        world.ledger().published(seat.agent(), topic, message);
        apply(now, new Event.Published(message));
    }

    @Override
    public void tick(Instant now) {
        perform(router.tick(now));
        var bound = world.config().degrees().afterBeatMax();
        for (int topic : world.roles().topics(seat.agent())) {
            if (degree(topic) > bound) {
                throw new Violation("a mesh of %d after a heartbeat".formatted(degree(topic)));
            }
        }
    }

    @Override
    public Instant nextTick() {
        return router.nextTick();
    }

    private void apply(Instant now, Event event) {
        perform(router.on(now, event));
    }

    private void perform(List<Action> actions) {
        for (int index = 0; index < actions.size(); index++) {
            perform(actions.get(index));
        }
        if (!outgoing.isEmpty()) {
            flush();
        }
    }

    private void flush() {
        List<GossipMessage> written = List.of();
        List<Bytes> frames = List.of();
        for (var batch : outgoing.entrySet()) {
            // Most go to many peers alike.
            if (!batch.getValue().equals(written)) {
                written = batch.getValue();
                var rpc = new Rpc(List.of(), written, List.of(), Rpc.Control.NONE);
                frames = world.codec().encode(rpc);
            }
            world.send(seat, batch.getKey(), frames);
        }
        outgoing.clear();
    }

    private void perform(Action action) {
        boolean mute = world.isMute(seat.agent());
        switch (action) {
            case Action.Send(var to, var rpc) ->
                    world.say(seat, number(to), mute ? unannounced(rpc) : rpc);
            case Action.Forward(var to, var message) -> {
                if (!mute) {
                    to.forEach(peer -> collect(number(peer), message));
                }
            }
            case Action.Validate(_, var message) -> seat.after(JUDGING, new Judge(message));
            case Action.Deliver(var message) -> {
                if (!world.roles().isAttacker(seat.agent())) {
                    world.ledger().delivered(seat.agent(), message);
                }
            }
            case Action.Introduce(_, var peers) -> peers.forEach(this::introduced);
            case Action.Answer _, Action.Meshed _ -> {} // For hosts that keep connections.
        }
    }

    private void collect(int to, GossipMessage message) {
        outgoing.computeIfAbsent(to, _ -> new ArrayList<>(1)).add(message);
    }

    /// Who says nothing any more breaks no promise either.
    private static Rpc unannounced(Rpc rpc) {
        var control = rpc.control();
        return new Rpc(
                rpc.subscriptions(),
                List.of(),
                List.of(),
                new Rpc.Control(
                        List.of(),
                        control.iwant(),
                        control.graft(),
                        control.prune(),
                        control.idontwant()));
    }

    private void introduced(Rpc.Introduction introduction) {
        try {
            var found = world.population().find(world.codec().record(introduction).peer());
            found.ifPresent(neighbours::dial);
        } catch (ProtocolException e) {
            throw new Violation("nobody introduces a peer without its record: " + e.getMessage());
        }
    }

    /// How many peers are in the mesh of a topic.
    int degree(int topic) {
        return router.mesh(world.topic(topic)).size();
    }

    /// How many of them attack.
    int attackers(int topic) {
        int attackers = 0;
        for (var peer : router.mesh(world.topic(topic))) {
            attackers += world.roles().isAttacker(number(peer)) ? 1 : 0;
        }
        return attackers;
    }

    /// What must hold after every event: the mesh is bounded, but for peers that we dialled.
    void check() {
        for (int topic : world.roles().topics(seat.agent())) {
            var mesh = router.mesh(world.topic(topic));
            int bound = world.config().degrees().undialledMax();
            if (mesh.size() > bound) {
                int undialled = 0;
                for (var peer : mesh) {
                    undialled += neighbours.isDialled(number(peer)) ? 0 : 1;
                }
                if (undialled > bound) {
                    throw new Violation("a mesh of %d that dialled us".formatted(undialled));
                }
            }
        }
    }
}
