package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;

/// The agents that we have to do with, and what all parts of the machine share: our id, the timers,
/// our health, the randomness, and the actions of the event at hand.
@Pure
final class Peers {
    private final PeerId self;
    private final Peer own;
    private final Timing timing;
    private final int max;
    private final RandomGenerator random;
    private final Timers timers = new Timers();
    private final LocalHealth health = new LocalHealth();
    private final Map<PeerId, Peer> known = new HashMap<>();
    private final SequencedSet<Peer> linked = new LinkedHashSet<>();
    private final List<Action> actions = new ArrayList<>();

    Peers(PeerId self, LivenessConfig config, RandomGenerator random) {
        this.self = self;
        this.own = new Peer(self, 0);
        this.timing = Timing.of(config);
        this.max = config.peersMax();
        this.random = random;
    }

    PeerId self() {
        return self;
    }

    /// Ourselves, for the fingerprint.
    Peer own() {
        return own;
    }

    Timing timing() {
        return timing;
    }

    RandomGenerator random() {
        return random;
    }

    Timers timers() {
        return timers;
    }

    LocalHealth health() {
        return health;
    }

    @Nullable Peer find(PeerId id) {
        return known.get(id);
    }

    /// The agent with this id; null when it is ourselves or there are too many already.
    @Nullable Peer meet(PeerId id) {
        var peer = known.get(id);
        if (peer == null && known.size() < max && !id.equals(self)) {
            peer = new Peer(id, random.nextLong());
            known.put(id, peer);
        }
        return peer;
    }

    /// We do not need this agent for what we needed it for.
    void release(PeerId id) {
        var peer = known.get(id);
        if (peer == null || !peer.isNeeded()) {
            act(new Action.Release(id));
        }
    }

    void linkUp(Peer peer) {
        peer.linked = true;
        peer.lost = false;
        linked.add(peer);
    }

    void linkDown(Peer peer) {
        peer.linked = false;
        peer.lost = true;
        peer.asked = false;
        peer.forgetPings();
        linked.remove(peer);
    }

    SequencedSet<Peer> linked() {
        return linked;
    }

    /// A part that this agent played is over: a link without a use is given up.
    void retire(Peer peer) {
        if (peer.isNeeded()) {
            return;
        }
        if (!peer.linked) {
            known.remove(peer.id());
        } else if (peer.asked) {
            peer.asked = false;
            act(new Action.Release(peer.id()));
        }
    }

    void act(Action action) {
        actions.add(action);
    }

    void send(Peer to, AliveFrame frame) {
        to.asked |= !to.linked;
        actions.add(new Action.Send(to.id(), frame));
    }

    void dial(Peer peer) {
        peer.asked = true;
        actions.add(new Action.Dial(peer.id()));
    }

    void send(PeerId to, AliveFrame frame) {
        actions.add(new Action.Send(to, frame));
    }

    /// Asks for a sign of life only.
    void ping(long now, Peer peer) {
        send(peer, new AliveFrame.Ping(peer.ping(now)));
    }

    /// Asks for a sign of life, and for a lease newer than `held`.
    void ping(long now, Peer peer, long held) {
        send(peer, new AliveFrame.Ping(peer.ping(now), Math.max(0, held)));
    }

    /// `time` with a deviation of up to a twentieth, so that nothing happens in step.
    long jittered(long time) {
        long spread = Math.max(1, time / 10);
        return time - spread / 2 + random.nextLong(spread);
    }

    /// What is to be done, since it was last asked for.
    List<Action> takeActions() {
        if (actions.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }
}
