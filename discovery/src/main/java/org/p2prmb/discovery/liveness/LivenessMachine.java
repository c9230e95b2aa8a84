package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;

/// Decides who lives: renews our lease with the neighbours, and doubts those who are silent.
///
/// ```
///              connection lost, or silent for 1.5 intervals
///   STEADY -------------------------------------------------> PROBING
///     ^   <--- lease, pong or new connection (MarkAlive) ---     |
///     |                                                          | no answer to two attempts
///     |  newer lease or new connection (MarkAlive)               | (ping, or dial when
///   DEAD <-------------------------------------------------------+ unconnected) (MarkDead)
/// ```
///
/// A `leaving` lease ends in DEAD at once. Time since a lease is counted from its receipt and only
/// sequences order leases, so neither a replay nor a wrong clock revives or kills anyone. A
/// connection counts as proof of life, because its handshake proves the key; a lease or a pong
/// counts only while there is one, since the last of them may arrive after their sender's death.
public final class LivenessMachine
        implements Machine<LivenessMachine.Event, LivenessMachine.Action> {
    private static final int ATTEMPTS = 2;
    private static final String LEFT = "it left";

    private final LivenessConfig config;
    private final RandomGenerator random;
    private final SequencedMap<PeerId, Watched> watched = new LinkedHashMap<>();
    private Instant nextRenewal = Instant.MIN;
    private Instant next = Instant.MIN;

    public LivenessMachine(LivenessConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
    }

    public sealed interface Event {
        /// A connection with an agent that speaks the protocol is up.
        record Connected(PeerId peer) implements Event {}

        /// The last connection with that agent is gone.
        record Disconnected(PeerId peer) implements Event {}

        /// A verified lease, from its subject.
        record LeaseReceived(Lease lease) implements Event {}

        record PingReceived(PeerId peer, long nonce) implements Event {}

        record PongReceived(PeerId peer, long nonce) implements Event {}

        /// An agent answered in another protocol: another sign of life, unless it has left.
        record Proved(PeerId peer) implements Event {}

        /// A [Action.Dial] came to nothing.
        record DialFailed(PeerId peer) implements Event {}

        /// Somebody wants to know whether this agent lives; a verdict follows.
        record Verify(PeerId peer) implements Event {}

        /// We leave now.
        record Leave() implements Event {}
    }

    public sealed interface Action {
        /// Sign the next lease and send it to all of these.
        record RenewLease(List<PeerId> to, boolean leaving) implements Action {
            public RenewLease {
                to = List.copyOf(to);
            }
        }

        record SendPing(PeerId peer, long nonce) implements Action {}

        record SendPong(PeerId peer, long nonce) implements Action {}

        /// Connect; answer with [Event.Connected], [Event.Proved] or [Event.DialFailed].
        record Dial(PeerId peer) implements Action {}

        /// The agent has a newer contact record than the one this sequence was last seen for.
        record FetchRecord(PeerId peer, long recordSequence) implements Action {}

        /// The agent has just proved that it lives.
        record MarkAlive(PeerId peer) implements Action {}

        /// The agent is gone: hide it.
        record MarkDead(PeerId peer, String reason) implements Action {}
    }

    private enum Phase {
        STEADY,
        PROBING,
        DEAD
    }

    private static final class Watched {
        Phase phase = Phase.STEADY;
        boolean connected;
        boolean left;
        long sequence = -1;
        long recordSequence = -1;
        Duration interval;
        Instant heardAt;
        long nonce;
        int attempts;
        Instant probeBegan = Instant.MIN;

        Watched(Duration interval, Instant heardAt) {
            this.interval = interval;
            this.heardAt = heardAt;
        }
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        var actions = new ArrayList<Action>();
        switch (event) {
            case Event.Connected(var peer) -> connected(now, peer, actions);
            case Event.Disconnected(var peer) -> disconnected(now, peer, actions);
            case Event.LeaseReceived(var lease) -> leased(now, lease, actions);
            case Event.PingReceived(var peer, var nonce) ->
                    actions.add(new Action.SendPong(peer, nonce));
            case Event.PongReceived(var peer, var nonce) -> pong(now, peer, nonce, actions);
            case Event.Proved(var peer) -> proved(now, peer, actions);
            case Event.DialFailed(var peer) -> dialFailed(peer, actions);
            case Event.Verify(var peer) -> verify(now, peer, actions);
            case Event.Leave _ -> actions.add(new Action.RenewLease(connectedPeers(), true));
        }
        schedule();
        return List.copyOf(actions);
    }

    private void connected(Instant now, PeerId peer, List<Action> actions) {
        var watch = watch(now, peer);
        watch.connected = true;
        actions.add(new Action.RenewLease(List.of(peer), false));
        alive(now, peer, watch, actions);
    }

    private void disconnected(Instant now, PeerId peer, List<Action> actions) {
        var watch = watched.get(peer);
        if (watch == null) {
            return;
        }
        watch.connected = false;
        if (watch.phase == Phase.STEADY) {
            probe(now, peer, watch, actions);
        } else if (watch.phase == Phase.PROBING) {
            // Its pings went down with the connection, but the window is not extended for that.
            actions.add(new Action.Dial(peer));
        }
    }

    private void leased(Instant now, Lease lease, List<Action> actions) {
        var watch = watch(now, lease.peer());
        if (lease.sequence() <= watch.sequence) {
            return;
        }
        watch.sequence = lease.sequence();
        watch.interval = lease.interval();
        if (lease.leaving()) {
            watch.left = true;
            dead(lease.peer(), watch, LEFT, actions);
            return;
        }
        if (lease.recordSequence() > watch.recordSequence) {
            watch.recordSequence = lease.recordSequence();
            actions.add(new Action.FetchRecord(lease.peer(), lease.recordSequence()));
        }
        if (watch.connected) {
            alive(now, lease.peer(), watch, actions);
        } else if (watch.phase != Phase.PROBING) {
            // It may have been under way when its subject died: a reason to look, but no proof.
            probe(now, lease.peer(), watch, actions);
        }
    }

    private void pong(Instant now, PeerId peer, long nonce, List<Action> actions) {
        var watch = watched.get(peer);
        if (watch != null
                && watch.connected
                && watch.phase == Phase.PROBING
                && watch.nonce == nonce) {
            alive(now, peer, watch, actions);
        }
    }

    private void alive(Instant now, PeerId peer, Watched watch, List<Action> actions) {
        watch.phase = Phase.STEADY;
        watch.left = false;
        watch.heardAt = now;
        actions.add(new Action.MarkAlive(peer));
    }

    private void dead(PeerId peer, Watched watch, String reason, List<Action> actions) {
        if (watch.phase != Phase.DEAD) {
            watch.phase = Phase.DEAD;
            actions.add(new Action.MarkDead(peer, reason));
        }
    }

    private void proved(Instant now, PeerId peer, List<Action> actions) {
        var watch = watched.get(peer);
        if (watch != null && watch.left) {
            // Its host still answers, and what it answered may have shown the contact again.
            actions.add(new Action.MarkDead(peer, LEFT));
        } else if (watch != null && watch.connected) {
            alive(now, peer, watch, actions);
        } else {
            // Without leases there is nothing to wait for: the next to ask has it asked again.
            watched.remove(peer);
            actions.add(new Action.MarkAlive(peer));
        }
    }

    private void dialFailed(PeerId peer, List<Action> actions) {
        var watch = watched.get(peer);
        if (watch != null && watch.phase == Phase.PROBING && watch.attempts >= ATTEMPTS) {
            dead(peer, watch, "it cannot be reached", actions);
        }
    }

    private void verify(Instant now, PeerId peer, List<Action> actions) {
        var watch = watch(now, peer);
        if (watch.phase != Phase.PROBING) {
            // A dead agent gets its chance too, since somebody has a reason to ask.
            watch.phase = Phase.STEADY;
            probe(now, peer, watch, actions);
        }
    }

    private void probe(Instant now, PeerId peer, Watched watch, List<Action> actions) {
        watch.phase = Phase.PROBING;
        watch.probeBegan = now;
        watch.attempts = 0;
        attempt(peer, watch, actions);
    }

    private void attempt(PeerId peer, Watched watch, List<Action> actions) {
        watch.attempts++;
        if (watch.connected) {
            watch.nonce = random.nextLong();
            actions.add(new Action.SendPing(peer, watch.nonce));
        } else {
            actions.add(new Action.Dial(peer));
        }
    }

    @Override
    public List<Action> tick(Instant now) {
        var actions = new ArrayList<Action>();
        if (!now.isBefore(nextRenewal)) {
            nextRenewal = now.plus(config.interval());
            var peers = connectedPeers();
            if (!peers.isEmpty()) {
                actions.add(new Action.RenewLease(peers, false));
            }
        }
        watched.forEach((peer, watch) -> {
            if (!now.isBefore(due(watch))) {
                overdue(now, peer, watch, actions);
            }
        });
        schedule();
        return List.copyOf(actions);
    }

    private void overdue(Instant now, PeerId peer, Watched watch, List<Action> actions) {
        if (watch.phase == Phase.STEADY) {
            probe(now, peer, watch, actions);
        } else if (watch.attempts < ATTEMPTS) {
            attempt(peer, watch, actions);
        } else {
            dead(peer, watch, "it does not answer", actions);
        }
    }

    /// When something must be done about this agent.
    private Instant due(Watched watch) {
        return switch (watch.phase) {
            // Without a connection nobody is steady: losing it starts a probe at once.
            case STEADY -> watch.heardAt.plus(watch.interval.multipliedBy(3).dividedBy(2));
            case PROBING ->
                    watch.probeBegan.plus(
                            config.probeWindow().multipliedBy(watch.attempts).dividedBy(ATTEMPTS));
            case DEAD -> Instant.MAX;
        };
    }

    private Watched watch(Instant now, PeerId peer) {
        var known = watched.get(peer);
        if (known != null) {
            return known;
        }
        if (watched.size() >= config.watchedMax()) {
            forgetOne();
        }
        var added = new Watched(config.interval(), now);
        watched.put(peer, added);
        return added;
    }

    /// The dead make room first, then those without a connection, then the oldest.
    private void forgetOne() {
        PeerId chosen = watched.firstEntry().getKey();
        for (var entry : watched.entrySet()) {
            if (entry.getValue().phase == Phase.DEAD) {
                chosen = entry.getKey();
                break;
            }
            if (watched.getOrDefault(chosen, entry.getValue()).connected
                    && !entry.getValue().connected) {
                chosen = entry.getKey();
            }
        }
        watched.remove(chosen);
    }

    private List<PeerId> connectedPeers() {
        return watched.entrySet().stream()
                .filter(entry -> entry.getValue().connected)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void schedule() {
        next = nextRenewal;
        for (var watch : watched.values()) {
            var due = due(watch);
            if (due.isBefore(next)) {
                next = due;
            }
        }
    }

    @Override
    public Instant nextTick() {
        return next;
    }
}
