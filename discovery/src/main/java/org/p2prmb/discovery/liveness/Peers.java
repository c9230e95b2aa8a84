package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The agents that we have to do with, and what all parts of the machine share: our id, the timers,
/// our health, the randomness, and the actions of the event at hand.
@Pure
final class Peers {
    /// What a contact record in an introduction takes, about.
    private static final int RECORD_BYTES = 190;

    private final PeerId self;
    private final Peer own;
    private final Timing timing;
    private final int max;
    private final RandomGenerator random;
    private final Timers timers = new Timers();
    private final LocalHealth health = new LocalHealth();
    private final PeerTable known = new PeerTable();

    /// Of the event at hand; a new list for each, because the old ones lie far away.
    private @Nullable List<Action> actions;

    private final Pacer pacer = new Pacer(this);

    Peers(PeerId self, LivenessConfig config, RandomGenerator random) {
        this.self = self;
        this.own = new Peer(self);
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
        return known.find(id);
    }

    /// The agent with this id; null when it is ourselves or there are too many already.
    @Nullable Peer meet(PeerId id) {
        var peer = known.find(id);
        if (peer == null && known.size() < max && !id.equals(self)) {
            peer = new Peer(id);
            known.add(peer);
        }
        return peer;
    }

    /// We do not need this agent for what we needed it for.
    void release(PeerId id) {
        var peer = known.find(id);
        if (peer == null || !peer.isNeeded()) {
            act(new Action.Release(id));
        }
    }

    void linkUp(Peer peer) {
        peer.linked = true;
        peer.lost = false;
    }

    void linkDown(Peer peer) {
        peer.linked = false;
        peer.lost = true;
        peer.asked = false;
        peer.forgetPings();
    }

    /// Agents with a link to us, `most` at most.
    List<Peer> linked(int most) {
        var linked = new ArrayList<Peer>();
        for (int place = 0; place < known.places() && linked.size() < most; place++) {
            var peer = known.at(place);
            if (peer != null && peer.linked) {
                linked.add(peer);
            }
        }
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
        var list = actions;
        if (list == null) {
            list = new ArrayList<>(4);
            actions = list;
        }
        list.add(action);
    }

    void send(Peer to, AliveFrame frame) {
        to.asked |= !to.linked;
        act(new Action.Send(to.id(), frame));
    }

    void dial(Peer peer) {
        peer.asked = true;
        act(new Action.Dial(peer.id()));
    }

    void send(PeerId to, AliveFrame frame) {
        act(new Action.Send(to, frame));
    }

    /// Has a bulky frame that is in no hurry leave when there is room for it.
    void sendPaced(long now, PeerId to, AliveFrame frame, int bytes) {
        pacer.act(now, new Action.Send(to, frame), bytes);
    }

    /// Has the records of these agents told, when there is room for that.
    void introduce(long now, PeerId to, List<PeerId> others) {
        pacer.act(now, new Action.Introduce(to, others), others.size() * RECORD_BYTES);
    }

    /// Asks for a sign of life only.
    void ping(long now, Peer peer) {
        send(peer, new AliveFrame.Ping(nonce(now, peer)));
    }

    /// Asks for a sign of life, and for a lease newer than `held`.
    void ping(long now, Peer peer, long held) {
        send(peer, new AliveFrame.Ping(nonce(now, peer), Math.max(0, held)));
    }

    private long nonce(long now, Peer peer) {
        var pings = peer.pings;
        if (pings == null) {
            pings = new Pings(random.nextLong());
            peer.pings = pings;
        }
        return pings.ping(now);
    }

    /// `time` with a deviation of up to a twentieth, so that nothing happens in step.
    long jittered(long time) {
        long spread = Math.max(1, time / 10);
        return time - spread / 2 + random.nextLong(spread);
    }

    /// As [LivenessMachine#foresee].
    int foresee(@Nullable PeerId id, int depth) {
        if (depth == 0) {
            return max;
        }
        if (id == null) {
            return timers.foresee(depth - 1);
        }
        if (depth <= 2) {
            return known.foresee(id, depth - 1) + timers.foresee(depth - 1);
        }
        var peer = known.guess(id);
        return peer == null ? 0 : peer.foresee(timers, depth - 3);
    }

    /// What is to be done, since it was last asked for.
    List<Action> takeActions() {
        var taken = actions;
        actions = null;
        return taken == null ? List.of() : taken;
    }
}
