package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Decides who lives: renews our lease, watches others, and guards our hot contacts.
public final class LivenessMachine
        implements Machine<LivenessMachine.Event, LivenessMachine.Action> {
    public LivenessMachine(PeerId self, LivenessConfig config, RandomGenerator random) {}

    public sealed interface Event {
        /// The first link with an agent that speaks the protocol is up, whoever opened it; comes
        /// before the first [Received] from it.
        record LinkUp(PeerId peer) implements Event {}

        /// The last link with that agent is gone.
        record LinkDown(PeerId peer) implements Event {}

        /// A link for a [Action.Send], or a [Action.Dial], came to nothing.
        record Unreachable(PeerId peer) implements Event {}

        /// A frame, its statements verified. The shell keeps an [AliveFrame.Introduction] to itself:
        /// it files the records and says so with [Introduced].
        record Received(PeerId from, AliveFrame frame) implements Event {}

        /// What [Action.SignLease] asked for.
        record LeaseSigned(SignedLease lease) implements Event {}

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
                peers = Set.copyOf(peers);
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
        /// @param watchers fingerprints
        record SignLease(List<Bytes> watchers, boolean leaving) implements Action {
            public SignLease {
                watchers = List.copyOf(watchers);
            }
        }

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
        return List.of();
    }

    @Override
    public List<Action> tick(Instant now) {
        return List.of();
    }

    @Override
    public Instant nextTick() {
        return Instant.MAX;
    }
}
