package org.p2prmb.simulation.search;

import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The plain method: a query goes to all neighbours and from them to all of theirs, 4 hops far;
/// whoever offers the tag answers along the path. Nobody remembers anything.
final class FloodNode implements ProtocolNode {
    private static final int HOPS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration REMEMBERED_FOR = Duration.ofSeconds(10);
    private static final int FRAME_BYTES = 18;
    private static final byte QUERY = 0;
    private static final byte ANSWER = 1;

    private final World world;
    private final Seat seat;
    private final Set<Integer> neighbours = new HashSet<>();

    /// Who asked us what first.
    private final Map<Long, Integer> askers = new HashMap<>();

    private final Map<Long, Seeking> seeking = new HashMap<>();

    private record Seeking(long beganMicros, boolean measured, boolean eclipsed) {}

    private record Over(long query) {}

    private record Forget(long query) {}

    FloodNode(World world, Seat seat) {
        this.world = world;
        this.seat = seat;
    }

    @Override
    public void started(Instant now) {}

    @Override
    public void linkUp(Instant now, int peer) {
        neighbours.add(peer);
    }

    @Override
    public void linkDown(Instant now, int peer) {
        neighbours.remove(peer);
        world.neighbourhood().lost(seat.agent(), peer);
    }

    @Override
    public void unreachable(Instant now, int peer) {
        neighbours.remove(peer);
        world.neighbourhood().lost(seat.agent(), peer);
    }

    /// @param tagOrProvider the tag that is sought, or who has it
    private byte[] frame(byte kind, long query, int tagOrProvider, int hops) {
        world.ledger().messages(kind == QUERY ? "query" : "answer", 1);
        return ByteBuffer.allocate(FRAME_BYTES)
                .put(kind)
                .putLong(query)
                .putInt(tagOrProvider)
                .putInt(hops)
                .array();
    }

    @Override
    public void received(Instant now, int peer, byte[] bytes) {
        var frame = ByteBuffer.wrap(bytes);
        byte kind = frame.get();
        long query = frame.getLong();
        int number = frame.getInt();
        int hops = frame.getInt();
        if (kind == ANSWER) {
            answered(query, number, hops);
        } else if (!seeking.containsKey(query) && askers.putIfAbsent(query, peer) == null) {
            seat.after(REMEMBERED_FOR, new Forget(query));
            asked(peer, query, number, hops);
        }
    }

    private void asked(int peer, long query, int tag, int hops) {
        if (world.workload().offers(world.place(seat.agent()), tag)) {
            seat.send(peer, frame(ANSWER, query, seat.agent(), hops + 1));
        } else if (hops < HOPS) {
            forward(query, tag, hops + 1, peer);
        }
    }

    private void forward(long query, int tag, int hops, int except) {
        for (int neighbour : neighbours) {
            if (neighbour != except) {
                seat.send(neighbour, frame(QUERY, query, tag, hops));
            }
        }
    }

    private void answered(long query, int provider, int chain) {
        var search = seeking.remove(query);
        if (search != null) {
            end(search, provider, chain + 1);
            return;
        }
        var asker = askers.get(query);
        if (asker != null) {
            seat.send(asker, frame(ANSWER, query, provider, chain + 1));
        }
    }

    private void end(Seeking search, int provider, int chain) {
        boolean found = provider >= 0 && !world.isDead(provider);
        boolean stale = provider >= 0 && world.wasDeadAt(provider, search.beganMicros());
        var millis = (seat.simulation().elapsedMicros() - search.beganMicros()) / 1_000;
        var stage = found ? Ledger.Stage.WALKS : Ledger.Stage.NOWHERE;
        world.ledger()
                .ended(
                        new Ledger.Outcome(
                                search.measured(),
                                search.eclipsed(),
                                found,
                                stale,
                                stale,
                                stage,
                                new Chain(chain, 0),
                                millis));
    }

    @Override
    public void occurred(Instant now, Object event) {
        switch (event) {
            case SearchNode.Wanted(var tag, var eclipsed) -> {
                long query = world.nextId();
                var micros = seat.simulation().elapsedMicros();
                seeking.put(query, new Seeking(micros, world.ledger().isMeasuring(), eclipsed));
                seat.after(LIMIT, new Over(query));
                forward(query, tag, 1, -1);
            }
            case Over(var query) -> {
                var search = seeking.remove(query);
                if (search != null) {
                    end(search, -1, 0);
                }
            }
            case Forget(var query) -> askers.remove(query);
            default -> {} // Of deaths nobody hears here.
        }
    }

    @Override
    public void tick(Instant now) {}

    @Override
    public Instant nextTick() {
        return Instant.MAX;
    }
}
