package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.discovery.liveness.LivenessMachine;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;
import org.p2prmb.protocols.statements.Watchers;
import org.p2prmb.simulation.engine.Foresight;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/// The liveness of one agent: the production machine, and a shell that carries out its actions as
/// the node's shell does.
final class LivenessNode implements ProtocolNode {
    /// Signing waits for the sequence on the disk.
    private static final Duration DISK = Duration.ofMillis(3);

    /// A released link ends when there was no frame for so long.
    private static final Duration IDLE_MAX = Duration.ofMinutes(2);

    private static final int LOOK_UP_MILLIS_MIN = 500;
    private static final int LOOK_UP_MILLIS_MAX = 4_000;
    private static final int MEND_MILLIS_MIN = 1_000;
    private static final int MEND_MILLIS_MAX = 10_000;
    private static final int INTRODUCTION_BYTES_MAX = AliveFrame.BYTES_MAX - 64;
    private static final long RECORD_SEQUENCE = 1;

    private final World world;
    private final Seat seat;
    private final Conduct conduct;
    private final LivenessMachine machine;
    private final RandomGenerator random;

    /// The peers with whom the machine has no more use for a link.
    private final BitSet released = new BitSet();

    LivenessNode(World world, Seat seat, Conduct conduct) {
        this.world = world;
        this.seat = seat;
        this.conduct = conduct;
        this.random = seat.simulation().random(seat.agent());
        this.machine = new LivenessMachine(self(), world.config(), random);
    }

    /// The end of a look-up in the DHT.
    private record LookedUp(int count) {}

    /// The neighbour keeping looks for others.
    private record Mend() {}

    /// Time to end the released links that nobody has used.
    private record Sweep() {}

    private PeerId self() {
        return world.population().peer(seat.agent());
    }

    private PeerId peer(int number) {
        return world.population().peer(number);
    }

    @Override
    public void started(Instant now) {
        world.mesh().fill(seat.agent());
    }

    @Override
    public void linkUp(Instant now, int peer) {
        apply(now, new Event.LinkUp(peer(peer)));
    }

    @Override
    public void linkDown(Instant now, int peer) {
        apply(now, new Event.LinkDown(peer(peer)));
        mendWithout(peer);
    }

    @Override
    public void unreachable(Instant now, int peer) {
        apply(now, new Event.Unreachable(peer(peer)));
        mendWithout(peer);
    }

    private void mendWithout(int peer) {
        if (world.mesh().part(seat.agent(), peer)) {
            seat.after(millis(MEND_MILLIS_MIN, MEND_MILLIS_MAX), new Mend());
        }
    }

    private Duration millis(int min, int max) {
        return Duration.ofMillis(random.nextInt(min, max));
    }

    @Override
    public void received(Instant now, int peer, byte[] bytes) {
        var frame = decoded(bytes);
        conduct.heard(peer(peer), frame);
        if (frame instanceof AliveFrame.Introduction(var records)) {
            apply(now, new Event.Introduced(peer(peer), introduced(records)));
        } else {
            apply(now, new Event.Received(peer(peer), frame));
        }
    }

    /// Others only, each as the one instance of its id that all tables share.
    private List<PeerId> introduced(List<SignedContact> records) {
        var peers = new ArrayList<PeerId>(records.size());
        for (var record : records) {
            int number = number(record.peer());
            if (number != seat.agent()) {
                peers.add(peer(number));
            }
        }
        return peers;
    }

    private AliveFrame decoded(byte[] bytes) {
        try {
            return AliveFrame.decode(Bytes.wrap(bytes), world.signatures());
        } catch (ProtocolException e) {
            throw new Violation("an agent sent what is no frame: " + e.getMessage());
        }
    }

    @Override
    public void occurred(Instant now, Object event) {
        switch (event) {
            case Event own -> apply(now, own);
            case LookedUp(var count) -> lookedUp(now, count);
            case Mend() -> world.mesh().fill(seat.agent());
            case Sweep() -> sweep(now);
            default -> throw new IllegalStateException("an event of somebody else");
        }
    }

    private void lookedUp(Instant now, int count) {
        apply(now, world.candidates(seat.agent(), now, count, random));
    }

    @Override
    public void tick(Instant now) {
        perform(machine.tick(now));
    }

    @Override
    public Instant nextTick() {
        return machine.nextTick();
    }

    @Override
    public int foresee(int peer, int depth) {
        var id = peer == Foresight.NOBODY ? null : peer(peer);
        int read = machine.foresee(id, depth);
        return depth == 0 && id != null ? read + id.hashCode() : read;
    }

    private void apply(Instant now, Event event) {
        perform(machine.on(now, event));
    }

    private void perform(List<Action> actions) {
        for (int index = 0; index < actions.size(); index++) {
            perform(actions.get(index));
        }
    }

    private void perform(Action action) {
        switch (action) {
            case Action.Send(var to, var frame) ->
                    conduct.said(frame).ifPresent(said -> send(to, said));
            case Action.SignLease(var watchers, var leaving) -> signLease(watchers, leaving);
            case Action.SignVote(var subject, var sequence) -> signVote(subject, sequence);
            case Action.FindWatchers(var count) ->
                    seat.after(millis(LOOK_UP_MILLIS_MIN, LOOK_UP_MILLIS_MAX), new LookedUp(count));
            case Action.Introduce(var to, var peers) -> introduce(to, peers);
            case Action.Dial(var to) -> seat.connect(number(to));
            case Action.Release(var peer) -> release(number(peer));
            case Action.FetchRecord _ -> {}
            case Action.MarkAlive(var peer) -> world.ledger().alive(seat.agent(), number(peer));
            case Action.MarkDoubted(var peer) -> world.ledger().doubted(seat.agent(), number(peer));
            case Action.MarkDead(var peer, var reason) ->
                    world.ledger().dead(seat.agent(), number(peer), reason);
        }
    }

    private int number(PeerId peer) {
        return world.population().number(peer);
    }

    private void send(PeerId to, AliveFrame frame) {
        var bytes = frame.encoded().unsafeArray();
        if (bytes.length > AliveFrame.BYTES_MAX) {
            throw new Violation("a frame of %d bytes".formatted(bytes.length));
        }
        int number = number(to);
        released.clear(number);
        seat.send(number, bytes);
    }

    private void release(int peer) {
        if (seat.isLinked(peer)) {
            if (released.isEmpty()) {
                seat.after(IDLE_MAX, new Sweep());
            }
            released.set(peer);
        }
    }

    private void sweep(Instant now) {
        for (int peer = released.nextSetBit(0); peer >= 0; peer = released.nextSetBit(peer + 1)) {
            if (!seat.isLinked(peer)) {
                released.clear(peer);
            } else if (seat.silence(peer).compareTo(IDLE_MAX) >= 0) {
                released.clear(peer);
                seat.disconnect(peer);
                linkDown(now, peer);
            }
        }
        if (!released.isEmpty()) {
            seat.after(IDLE_MAX, new Sweep());
        }
    }

    private void signLease(Watchers watchers, boolean leaving) {
        var lease =
                new Lease(
                        self(),
                        world.nextLeaseSequence(seat.agent()),
                        world.config().leaseTtl(),
                        world.config().interval(),
                        watchers.commitment(),
                        RECORD_SEQUENCE,
                        leaving);
        var keys = world.population().keys(seat.agent());
        var signed = SignedLease.seal(lease, keys, world.signatures());
        seat.after(DISK, new Event.LeaseSigned(signed, watchers));
    }

    private void signVote(PeerId subject, long sequence) {
        var vote = new Vote(self(), subject, sequence);
        var keys = world.population().keys(seat.agent());
        seat.after(DISK, new Event.VoteSigned(SignedVote.seal(vote, keys, world.signatures())));
    }

    /// As many frames as the records need.
    private void introduce(PeerId to, List<PeerId> peers) {
        var records = new ArrayList<SignedContact>();
        int bytes = 0;
        for (var peer : peers) {
            var record = world.record(peer);
            if (bytes + record.envelope().size() > INTRODUCTION_BYTES_MAX) {
                send(to, new AliveFrame.Introduction(records));
                records.clear();
                bytes = 0;
            }
            records.add(record);
            bytes += record.envelope().size() + 3;
        }
        if (!records.isEmpty()) {
            send(to, new AliveFrame.Introduction(records));
        }
    }
}
