package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Watchers;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Decides who lives: renews our lease, watches the agents that asked us to, and guards our hot
/// contacts.
///
/// Its parts each play one role of the protocol (docs/protocol.md): [OwnLease] with its
/// [WatcherChoice], [Watching], [Holder] with its [Subscriptions], and [DirectRule] for networks
/// too small for watchers. They meet in a [Peer], which knows what an agent is to us.
///
/// Time since a lease is counted from its receipt and only sequences order leases, so neither a
/// replay nor a wrong clock revives or kills anyone. A new link counts as proof of life, because
/// its handshake proves the key. A pong counts with the nonce of one of our pings on a link that
/// has not broken since, and a lease only while no link is lost: both may arrive after a death.
///
/// Each event and each timer costs O(log n).
public final class LivenessMachine
        implements Machine<LivenessMachine.Event, LivenessMachine.Action> {
    /// The largest depth of [#foresee] at which there is something to read.
    public static final int FORESEEN_MAX = 8;

    private final Peers peers;
    private final Roles roles;
    private final Timers timers;
    private boolean started;

    /// @param self our own id
    public LivenessMachine(PeerId self, LivenessConfig config, RandomGenerator random) {
        this.peers = new Peers(self, config, random);
        this.timers = peers.timers();
        this.roles = new Roles(peers, config.watchers());
    }

    public sealed interface Event {
        /// The first link with an agent that speaks the protocol is up, whoever opened it; comes
        /// before the first [Received] from it.
        record LinkUp(PeerId peer) implements Event {}

        /// The last link with that agent is gone.
        record LinkDown(PeerId peer) implements Event {}

        /// A link for a [Action.Send], or a [Action.Dial], came to nothing.
        record Unreachable(PeerId peer) implements Event {}

        /// A frame, its statements verified. The shell keeps an [AliveFrame.Introduction] to
        /// itself: it files the records and says so with [Introduced].
        record Received(PeerId from, AliveFrame frame) implements Event {}

        /// What [Action.SignLease] asked for.
        record LeaseSigned(SignedLease lease, Watchers watchers) implements Event {}

        /// What [Action.SignVote] asked for.
        record VoteSigned(SignedVote vote) implements Event {}

        /// Who might watch us, best first, what [Action.FindWatchers] asked for: reachable agents,
        /// of each address group one at most.
        ///
        /// @param dht the closest to the day's key, see [WatcherKey]
        /// @param mesh our neighbours
        record Candidates(List<PeerId> dht, List<PeerId> mesh) implements Event {
            public Candidates {
                dht = List.copyOf(dht);
                mesh = List.copyOf(mesh);
            }
        }

        /// `by` introduced these agents, and their contact records are at hand now.
        record Introduced(PeerId by, List<PeerId> peers) implements Event {
            public Introduced {
                peers = List.copyOf(peers);
            }
        }

        /// These, and only these, are the contacts whose death we want to hear of; at most
        /// [LivenessConfig#HOT_MAX], what is above is ignored. Those that are dead need not be
        /// listed to be looked at again.
        record Hot(Set<PeerId> peers) implements Event {
            public Hot {
                // Set.copyOf would give them in another order in each process.
                peers = Collections.unmodifiableSet(new LinkedHashSet<>(peers));
            }
        }

        /// An agent answered in another protocol: another sign of life, unless it has left.
        record Proved(PeerId peer) implements Event {}

        /// Somebody wants to know whether this agent lives: [Action.MarkAlive],
        /// [Action.MarkDoubted] or [Action.MarkDead] follows.
        record Verify(PeerId peer) implements Event {}

        /// We leave now.
        record Leave() implements Event {}
    }

    public sealed interface Action {
        /// Send a frame; opens a link when there is none. It may be lost.
        record Send(PeerId to, AliveFrame frame) implements Action {}

        /// Sign our next lease; answer with [Event.LeaseSigned].
        ///
        /// @param watchers that it commits to
        record SignLease(Watchers watchers, boolean leaving) implements Action {}

        /// Sign our vote; answer with [Event.VoteSigned].
        record SignVote(PeerId subject, long sequence) implements Action {}

        /// Look for agents that may watch us; answer with [Event.Candidates].
        record FindWatchers(int count) implements Action {}

        /// Send those contact records of `peers` that are at hand as one or more
        /// [AliveFrame.Introduction].
        record Introduce(PeerId to, List<PeerId> peers) implements Action {
            public Introduce {
                peers = List.copyOf(peers);
            }
        }

        /// Connect and open a link; answer with [Event.LinkUp], [Event.Proved] or
        /// [Event.Unreachable], or with nothing if there is a link already.
        record Dial(PeerId peer) implements Action {}

        /// We have no more use for a link with this agent; it may have.
        record Release(PeerId peer) implements Action {}

        /// The agent has a newer contact record than the one this sequence was last seen for.
        record FetchRecord(PeerId peer, long recordSequence) implements Action {}

        /// The agent has just proved that it lives.
        record MarkAlive(PeerId peer) implements Action {}

        /// The agent may be gone: do not hand it out.
        record MarkDoubted(PeerId peer) implements Action {}

        /// The agent is gone: hide it.
        record MarkDead(PeerId peer, String reason) implements Action {}
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        long millis = now.toEpochMilli();
        enter(millis);
        if (!roles.own.isLeaving() || event instanceof Event.LeaseSigned) {
            apply(millis, event);
        }
        return peers.takeActions();
    }

    @Override
    public List<Action> tick(Instant now) {
        long millis = now.toEpochMilli();
        enter(millis);
        timers.run(millis);
        return peers.takeActions();
    }

    @Override
    public Instant nextTick() {
        if (!started) {
            return Instant.MIN;
        }
        long due = timers.next();
        return due == Timers.NEVER ? Instant.MAX : Instant.ofEpochMilli(due);
    }

    /// Reads what the next event of `peer`, or without one the next tick, will read `depth` steps
    /// from this object, from one object to the next; changes nothing.
    ///
    /// Whoever runs thousands of machines calls it for many events, depth by depth, before it lets
    /// them happen: the processor then fetches the memory of all of them side by side, and not one
    /// piece after the other.
    ///
    /// @param depth 0 to [#FORESEEN_MAX]
    /// @return a number that depends on what was read, so that reading it is not optimized away
    public int foresee(@Nullable PeerId peer, int depth) {
        return depth == 0 ? (started ? 1 : 0) : peers.foresee(peer, depth - 1);
    }

    private void enter(long now) {
        if (!started) {
            started = true;
            roles.own.start(now);
            return;
        }
        long due = timers.next();
        if (now - due > Timing.LATE && !peers.health().stalledSince(due)) {
            peers.health().late(now);
        }
    }

    private void apply(long now, Event event) {
        switch (event) {
            case Event.Received(var from, var frame) -> received(now, from, frame);
            case Event.LinkUp(var id) -> roles.linkUp(now, id);
            case Event.LinkDown(var id) -> roles.linkDown(now, id);
            case Event.Unreachable(var id) -> roles.unreachable(now, id);
            case Event.LeaseSigned(var lease, var watchers) ->
                    roles.own.signed(now, new Renewal(lease, watchers));
            case Event.VoteSigned(var vote) -> roles.watching.signed(now, vote);
            case Event.Candidates(var dht, var mesh) ->
                    roles.own.choice().candidates(now, dht, mesh);
            case Event.Introduced(var by, var introduced) -> roles.introduced(now, by, introduced);
            case Event.Hot(var wanted) -> roles.holder.hot(now, wanted);
            case Event.Proved(var id) -> roles.proved(now, id);
            case Event.Verify(var id) -> {
                var peer = peers.meet(id);
                if (peer != null) {
                    roles.direct.verify(now, peer);
                }
            }
            case Event.Leave _ -> roles.own.leave(now);
        }
    }

    private void received(long now, PeerId from, AliveFrame frame) {
        switch (frame) {
            case AliveFrame.Ping ping -> roles.own.pinged(now, from, ping);
            case AliveFrame.Pong pong -> roles.ponged(now, from, pong);
            case AliveFrame.Leased(var renewal) -> {
                if (renewal.lease().peer().equals(from)) {
                    roles.leased(now, renewal);
                }
            }
            case AliveFrame.Invite _ -> {
                var peer = peers.meet(from);
                if (peer != null) {
                    roles.watching.invited(now, peer);
                }
            }
            case AliveFrame.InviteAnswer(var accepted) -> {
                var peer = peers.find(from);
                if (peer != null) {
                    roles.own.choice().answered(now, peer, accepted);
                }
            }
            case AliveFrame.Introduce(var fingerprints) ->
                    roles.own.introduce(now, from, fingerprints);
            case AliveFrame.ProbeRequest request -> roles.watching.asked(now, from, request);
            case AliveFrame.ProbeReport report -> roles.watching.reported(now, from, report);
            case AliveFrame.Voted(var vote) -> roles.watching.voted(now, from, vote);
            case AliveFrame.Suspected(var sequence) -> {
                var peer = peers.find(from);
                if (peer != null) {
                    roles.own.suspected(now, peer, sequence);
                }
            }
            case AliveFrame.Subscribe(var subject) -> roles.watching.subscribe(now, from, subject);
            case AliveFrame.Subscribed answer -> roles.holder.subscribed(now, from, answer);
            case AliveFrame.Buried(var obituary) -> roles.buried(now, obituary);
            case AliveFrame.Introduction _, AliveFrame.Unknown _ -> {} // Not for us.
        }
    }
}
