package org.p2prmb.node;

import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;

/// Decides whom we dial so that we have enough neighbours, and whom we ask for more contacts.
///
/// ```
/// no neighbour at all      JoinBootstrap and FindCandidates, every round
/// fewer than wanted        FindCandidates; then Dial some of those that are found, at random
/// connected, and each refresh interval    Exchange records with that neighbour
/// dial failed              leave that peer alone for a time that doubles up to 5 minutes
/// ```
public final class NeighbourMachine
        implements Machine<NeighbourMachine.Event, NeighbourMachine.Action> {
    private static final Duration RETRY_MIN = Duration.ofSeconds(5);
    private static final Duration RETRY_MAX = Duration.ofMinutes(5);
    private static final int DIALS_PER_ROUND_MAX = 4;
    private static final int FAILURES_MAX = 1_024;

    private final PeerId self;
    private final Config config;
    private final RandomGenerator random;
    private final SequencedSet<PeerId> neighbours = new LinkedHashSet<>();
    private final SequencedSet<PeerId> dialling = new LinkedHashSet<>();
    private final Map<PeerId, Failure> failures = new LinkedHashMap<>();
    private Instant nextRound = Instant.MIN;
    private Instant nextExchange = Instant.MIN;

    public NeighbourMachine(PeerId self, Config config, RandomGenerator random) {
        this.self = self;
        this.config = config;
        this.random = random;
    }

    /// @param wanted how many neighbours to dial for; more may dial us
    /// @param round how often the number is looked at
    /// @param refresh how often one neighbour is asked for the contacts that it knows
    public record Config(int wanted, Duration round, Duration refresh) {
        public static Config of(int wanted) {
            return new Config(wanted, Duration.ofSeconds(2), Duration.ofSeconds(60));
        }
    }

    private record Failure(Instant until, Duration pause) {}

    public sealed interface Event {
        /// An agent is connected, whoever dialled.
        record Connected(PeerId peer) implements Event {}

        /// The last connection with an agent is gone.
        record Disconnected(PeerId peer) implements Event {}

        /// Agents that we know of and believe alive, in any order.
        record Candidates(List<PeerId> peers) implements Event {
            public Candidates {
                peers = List.copyOf(peers);
            }
        }

        record DialFailed(PeerId peer) implements Event {}
    }

    public sealed interface Action {
        /// Dial the configured first addresses.
        record JoinBootstrap() implements Action {}

        /// Answer with [Event.Candidates].
        record FindCandidates() implements Action {}

        /// Dial; answer with [Event.Connected] or [Event.DialFailed].
        record Dial(PeerId peer) implements Action {}

        /// Exchange contact records with this neighbour.
        record Exchange(PeerId peer) implements Action {}
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        return switch (event) {
            case Event.Connected(var peer) -> connected(peer);
            case Event.Disconnected(var peer) -> disconnected(now, peer);
            case Event.Candidates(var peers) -> candidates(now, peers);
            case Event.DialFailed(var peer) -> dialFailed(now, peer);
        };
    }

    private List<Action> connected(PeerId peer) {
        dialling.remove(peer);
        failures.remove(peer);
        return neighbours.add(peer) ? List.of(new Action.Exchange(peer)) : List.of();
    }

    private List<Action> disconnected(Instant now, PeerId peer) {
        if (neighbours.remove(peer)) {
            nextRound = now;
        }
        return List.of();
    }

    private List<Action> candidates(Instant now, List<PeerId> peers) {
        var eligible = new ArrayList<>(new LinkedHashSet<>(peers));
        eligible.removeIf(peer -> peer.equals(self) || isBusy(now, peer));
        Collections.shuffle(eligible, Random.from(random));
        var missing = config.wanted() - neighbours.size() - dialling.size();
        var room = Math.clamp(missing, 0, Math.min(DIALS_PER_ROUND_MAX, eligible.size()));
        var chosen = eligible.subList(0, room);
        dialling.addAll(chosen);
        return chosen.stream().<Action>map(Action.Dial::new).toList();
    }

    private boolean isBusy(Instant now, PeerId peer) {
        var failure = failures.get(peer);
        return neighbours.contains(peer)
                || dialling.contains(peer)
                || failure != null && now.isBefore(failure.until());
    }

    private List<Action> dialFailed(Instant now, PeerId peer) {
        dialling.remove(peer);
        var last = failures.remove(peer);
        var pause = last == null ? RETRY_MIN : last.pause().multipliedBy(2);
        pause = pause.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : pause;
        failures.put(peer, new Failure(now.plus(pause), pause));
        if (failures.size() > FAILURES_MAX) {
            failures.remove(failures.keySet().iterator().next());
        }
        return List.of();
    }

    @Override
    public List<Action> tick(Instant now) {
        var actions = new ArrayList<Action>();
        nextRound = now.plus(config.round());
        if (neighbours.isEmpty()) {
            actions.add(new Action.JoinBootstrap());
        }
        if (neighbours.size() + dialling.size() < config.wanted()) {
            actions.add(new Action.FindCandidates());
        }
        if (!neighbours.isEmpty() && !now.isBefore(nextExchange)) {
            nextExchange = now.plus(config.refresh());
            var index = random.nextInt(neighbours.size());
            actions.add(new Action.Exchange(List.copyOf(neighbours).get(index)));
        }
        return List.copyOf(actions);
    }

    @Override
    public Instant nextTick() {
        return nextRound;
    }
}
