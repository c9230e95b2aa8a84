package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.resource.AddressLimits;
import org.p2prmb.simulation.engine.Seat;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;

/// Whom one honest agent is connected with.
///
/// It dials random living agents until it has as many as it wants, and takes whoever dials it, up
/// to the host's limit for one address. Whom it lost it dials again every minute or sooner, as
/// watchers and the DHT do with those that they remember.
final class Neighbours {
    /// Time to look for others.
    record Mend() {}

    /// Time to dial a lost one again.
    record Revisit(int peer) {}

    private static final int TRIES = 40;
    private static final int REMEMBERED_MAX = 64;
    private static final int MEND_MILLIS_MIN = 1_000;
    private static final int MEND_MILLIS_MAX = 10_000;
    private static final int REVISIT_MILLIS_MIN = 10_000;
    private static final int REVISIT_MILLIS_MAX = 60_000;
    private static final int PER_ADDRESS_MAX = AddressLimits.defaults().connectionsMax();

    private final World world;
    private final Seat seat;
    private final RandomGenerator random;

    /// Who is connected, and whether we dialled.
    private final SequencedMap<Integer, Boolean> connected = new LinkedHashMap<>();

    private final SequencedSet<Integer> dialling = new LinkedHashSet<>();
    private final SequencedSet<Integer> remembered = new LinkedHashSet<>();
    private final SequencedSet<Integer> revisiting = new LinkedHashSet<>();
    private final Map<Bytes, Integer> inbound = new HashMap<>();
    private boolean mending;

    Neighbours(World world, Seat seat, RandomGenerator random) {
        this.world = world;
        this.seat = seat;
        this.random = random;
    }

    boolean contains(int peer) {
        return connected.containsKey(peer);
    }

    boolean isDialled(int peer) {
        return connected.getOrDefault(peer, false);
    }

    /// Dials until there are enough, or nobody is found.
    void fill() {
        mending = false;
        var simulation = seat.simulation();
        int agents = simulation.agents();
        int wanted = world.settings().neighbours();
        for (int attempt = 0;
                attempt < TRIES && connected.size() + dialling.size() < wanted;
                attempt++) {
            int other = random.nextInt(agents);
            if (other != seat.agent()
                    && simulation.isUp(other)
                    && simulation.isOpen(seat.agent(), other)
                    && simulation.isOpen(other, seat.agent())) {
                dial(other);
            }
        }
        mendLater();
    }

    /// Dials one that was lost.
    void revisit(int peer) {
        revisiting.remove(peer);
        dial(peer);
    }

    void dial(int peer) {
        if (peer != seat.agent() && !seat.isLinked(peer) && dialling.add(peer)) {
            seat.connect(peer);
        }
    }

    /// A connection is there; false when it was not admitted.
    boolean up(int peer) {
        boolean dialled = dialling.remove(peer);
        if (!dialled && inbound.merge(world.address(peer), 1, Integer::sum) > PER_ADDRESS_MAX) {
            leave(world.address(peer));
            seat.disconnect(peer);
            return false;
        }
        connected.put(peer, dialled);
        if (dialled) {
            remembered.add(peer);
            if (remembered.size() > REMEMBERED_MAX) {
                remembered.removeFirst();
            }
        }
        return true;
    }

    private void leave(Bytes address) {
        inbound.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    /// A connection broke, or could not be made; true when it was there.
    boolean down(int peer) {
        dialling.remove(peer);
        var dialled = connected.remove(peer);
        if (dialled != null && !dialled) {
            leave(world.address(peer));
        }
        if (remembered.contains(peer) && revisiting.add(peer)) {
            seat.after(millis(REVISIT_MILLIS_MIN, REVISIT_MILLIS_MAX), new Revisit(peer));
        }
        mendLater();
        return dialled != null;
    }

    private void mendLater() {
        if (!mending && connected.size() + dialling.size() < world.settings().neighbours()) {
            mending = true;
            seat.after(millis(MEND_MILLIS_MIN, MEND_MILLIS_MAX), new Mend());
        }
    }

    private Duration millis(int min, int max) {
        return Duration.ofMillis(random.nextInt(min, max));
    }
}
