package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaMachine;
import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The DHT's part of one agent: the production machine, and a shell that carries out its actions
/// as the host's shell does.
public final class KademliaNode implements ProtocolNode {
    /// How long nobody answers at an address where nobody is, as the engine's dials have it.
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(5);

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(20);

    /// A connection that nobody used for so long is closed.
    private static final Duration IDLE_MAX = Duration.ofSeconds(40);

    private static final int STREAM_BITS = 40;
    private static final long STREAM_MASK = (1L << STREAM_BITS) - 1;

    private final KadWorld world;
    private final Seat seat;
    private final Conduct conduct;
    private final KademliaMachine machine;
    private final RandomGenerator random;

    /// Which peer each request that is under way was sent to.
    private final Map<Long, Pending> pending = new LinkedHashMap<>();

    /// When each connection was used last.
    private final Map<Integer, Instant> links = new HashMap<>();

    private record Pending(int peer, Instant at) {}

    /// There is nobody at the addresses of a request.
    private record Nobody(long requestId) {}

    /// Time to look after the connections.
    private record Sweep() {}

    public KademliaNode(KadWorld world, Seat seat, Conduct conduct) {
        this.world = world;
        this.seat = seat;
        this.conduct = conduct;
        this.random = seat.simulation().random(seat.agent());
        this.machine = new KademliaMachine(self().id(), world.config(), world.validators(), random);
    }

    private KadPeer self() {
        return peer(seat.agent());
    }

    private KadPeer peer(int number) {
        return world.peer(number);
    }

    /// The peers of its table.
    public List<KadPeer> table() {
        return machine.table();
    }

    @Override
    public void started(Instant now) {
        apply(now, new Event.Listening(self().addresses()));
        apply(now, new Event.Started(List.of()));
        world.entrances(seat.agent(), random).forEach(seat::connect);
        seat.after(SWEEP_INTERVAL.plusMillis(random.nextInt(1_000)), new Sweep());
    }

    /// The two identify each other.
    @Override
    public void linkUp(Instant now, int peer) {
        links.put(peer, now);
        apply(now, new Event.PeerSeen(peer(peer), true));
    }

    @Override
    public void linkDown(Instant now, int peer) {
        links.remove(peer);
        apply(now, new Event.PeerLost(peer(peer).id()));
        failAll(now, peer);
    }

    @Override
    public void unreachable(Instant now, int peer) {
        failAll(now, peer);
    }

    private void failAll(Instant now, int peer) {
        var failed = new ArrayList<Long>();
        pending.forEach((id, request) -> {
            if (request.peer() == peer) {
                failed.add(id);
            }
        });
        for (var id : failed) {
            pending.remove(id);
            apply(now, new Event.Failed(id));
        }
    }

    @Override
    public void received(Instant now, int peer, byte[] bytes) {
        links.computeIfPresent(peer, (_, _) -> now);
        var frame = KadFrame.decode(bytes);
        switch (frame.kind()) {
            case REQUEST -> {
                long token = (long) peer << STREAM_BITS | frame.stream();
                var from = peer(peer);
                var over = from.addresses().getFirst();
                apply(now, new Event.Request(from.id(), over, message(frame), token));
            }
            case RESPONSE -> {
                if (pending.remove(frame.stream()) != null) {
                    var over = peer(peer).addresses().getFirst();
                    apply(now, new Event.Response(frame.stream(), message(frame), over));
                }
            }
            case RESET -> {
                if (pending.remove(frame.stream()) != null) {
                    apply(now, new Event.Failed(frame.stream()));
                }
            }
        }
    }

    private KadMessage message(KadFrame frame) {
        try {
            return world.shared(frame.message());
        } catch (ProtocolException e) {
            throw new Violation("an agent sent what is no message: " + e.getMessage());
        }
    }

    @Override
    public void occurred(Instant now, Object event) {
        switch (event) {
            case Event own -> apply(now, own);
            case Nobody(var id) -> apply(now, new Event.Failed(id));
            case Sweep() -> sweep(now);
            default -> throw new IllegalStateException("an event of somebody else");
        }
    }

    /// Closes what is idle, and knocks again when nobody let us in.
    private void sweep(Instant now) {
        var limit = world.config().requestLimit();
        pending.values().removeIf(request -> request.at().plus(limit).isBefore(now));
        var idle = new ArrayList<Integer>();
        links.forEach((peer, used) -> {
            if (used.plus(IDLE_MAX).isBefore(now) && !world.keeps(seat.agent(), peer)) {
                idle.add(peer);
            }
        });
        idle.sort(null);
        for (var peer : idle) {
            links.remove(peer);
            seat.disconnect(peer);
            apply(now, new Event.PeerLost(peer(peer).id()));
        }
        if (machine.tableSize() == 0 || world.insists(seat.agent())) {
            world.entrances(seat.agent(), random).forEach(seat::connect);
        }
        seat.after(SWEEP_INTERVAL, new Sweep());
    }

    @Override
    public void tick(Instant now) {
        perform(now, machine.tick(now));
    }

    @Override
    public Instant nextTick() {
        return machine.nextTick();
    }

    private void apply(Instant now, Event event) {
        perform(now, machine.on(now, event));
    }

    private void perform(Instant now, List<Action> actions) {
        for (int index = 0; index < actions.size(); index++) {
            perform(now, actions.get(index));
        }
    }

    private void perform(Instant now, Action action) {
        switch (action) {
            case Action.Ask(var id, var to, var message) -> ask(now, id, to, message);
            case Action.Tell(var to, var message) -> tell(to, message);
            case Action.Reply(var token, var message) -> reply(token, message);
            case Action.Refuse(var token, _) ->
                    send(asker(token), KadFrame.reset(token & STREAM_MASK));
            case Action.QueryDone(var id, var found) -> world.ended(seat.agent(), id, found);
            case Action.Remember(var peers) -> world.remembers(peers);
            case Action.TableChanged _ -> {}
        }
    }

    private static int asker(long token) {
        return (int) (token >>> STREAM_BITS);
    }

    private void ask(Instant now, long id, KadPeer to, KadMessage message) {
        world.asks(seat.agent(), to);
        int peer = world.reachable(to);
        if (peer < 0) {
            seat.after(DIAL_LIMIT, new Nobody(id));
            return;
        }
        pending.put(id, new Pending(peer, now));
        send(peer, KadFrame.of(KadFrame.Kind.REQUEST, id, message));
    }

    private void tell(KadPeer to, KadMessage message) {
        int peer = world.reachable(to);
        if (peer >= 0) {
            send(peer, KadFrame.of(KadFrame.Kind.REQUEST, 0, message));
        }
    }

    private void reply(long token, KadMessage message) {
        int asker = asker(token);
        var answer = conduct.answer(asker, message);
        if (answer.size() == 0) {
            return; // It keeps silent.
        }
        send(asker, new KadFrame(KadFrame.Kind.RESPONSE, token & STREAM_MASK, answer));
    }

    private void send(int peer, KadFrame frame) {
        seat.send(peer, frame.encode());
    }
}
