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
import java.util.random.RandomGenerator;

/// Decides whom we dial so that we have enough neighbours, whose connection we keep, and whom we
/// ask for more contacts.
///
/// ```
/// no neighbour at all        JoinBootstrap and FindCandidates, every round
/// fewer than wanted          FindCandidates; then Dial some of those that are found, at random;
///                            and JoinBootstrap, every refresh interval
/// every refresh interval     Exchange records with one of them; every tenth if there are enough
/// dial failed, or came to    leave that peer alone for a time that doubles up to 5 minutes
/// nothing, or was cut short
/// ```
///
/// What becomes of one that is connected:
///
/// ```
/// it dialled us              THEIRS: counts, as long as it keeps the connection; Exchange if too
///                            few count, else it tells us its record if it came to stay
/// we dialled it              KEPT: counts; Keep and Exchange, if that was our aim or too few count
///                            PASSING: else. We came on an errand, and the connection may end;
///                            becomes KEPT as soon as too few count
/// disconnected               Drop, if it was KEPT
/// ```
///
/// Nothing happens before [Event.Started].
public final class NeighbourMachine
        implements Machine<NeighbourMachine.Event, NeighbourMachine.Action> {
    private static final Duration RETRY_MIN = Duration.ofSeconds(5);
    private static final Duration RETRY_MAX = Duration.ofMinutes(5);

    /// Longer than a dial and the peer's saying what it is may take.
    private static final Duration DIAL_MAX = Duration.ofSeconds(30);

    private static final int DIALS_PER_ROUND_MAX = 4;

    /// A change may bring the next round on, by this factor at most.
    private static final int ROUNDS_HASTENED = 4;

    /// With enough neighbours new contacts are asked for so much less often.
    private static final int ROUNDS_WITH_ENOUGH = 10;

    private static final int FAILURES_MAX = 1_024;

    private final PeerId self;
    private final Config config;
    private final RandomGenerator random;

    /// Those connected longest first.
    private final Map<PeerId, Tie> neighbours = new LinkedHashMap<>();

    /// Until when each dial counts as under way; at most `config.wanted()`.
    private final Map<PeerId, Instant> dialling = new LinkedHashMap<>();

    /// Those that we leave alone, or did so last time; oldest first.
    private final Map<PeerId, Failure> failures = new LinkedHashMap<>();

    private Instant lastRound = Instant.EPOCH;
    private Instant nextRound = Instant.MAX;
    private Instant nextJoin = Instant.MIN;
    private Instant nextExchange = Instant.MIN;

    public NeighbourMachine(PeerId self, Config config, RandomGenerator random) {
        this.self = self;
        this.config = config;
        this.random = random;
    }

    /// @param wanted how many neighbours to dial for; more may dial us
    /// @param round how often the number is looked at
    /// @param refresh how often one neighbour is asked for the contacts that it knows, and the
    ///     first addresses are tried again, while there are too few neighbours; with enough of
    ///     them the former is done 10 times less often
    public record Config(int wanted, Duration round, Duration refresh) {
        public static Config of(int wanted) {
            return new Config(wanted, Duration.ofSeconds(2), Duration.ofSeconds(60));
        }
    }

    private record Failure(Instant until, Duration pause) {}

    private enum Bond {
        KEPT,
        THEIRS,
        PASSING
    }

    private record Tie(Instant since, Bond bond) {}

    public sealed interface Event {
        /// Our host serves its protocols: the first round is due.
        record Started() implements Event {}

        /// An agent is connected.
        ///
        /// @param ours whether we dialled, for whatever reason
        record Connected(PeerId peer, boolean ours) implements Event {}

        /// The last connection with an agent is gone.
        record Disconnected(PeerId peer) implements Event {}

        /// Agents that we know of, in any order.
        ///
        /// @param peers those that we have no reason to believe dead
        /// @param lastResort believed dead; tried when we are alone and know nobody better,
        ///     because then it may be us who were cut off
        record Candidates(List<PeerId> peers, List<PeerId> lastResort) implements Event {
            public Candidates {
                peers = List.copyOf(peers);
                lastResort = List.copyOf(lastResort);
            }

            public Candidates(List<PeerId> peers) {
                this(peers, List.of());
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

        /// From now on the connection with this neighbour is needed.
        record Keep(PeerId peer) implements Action {}

        /// What was said by [Keep] is over.
        record Drop(PeerId peer) implements Action {}
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        return switch (event) {
            case Event.Started() -> started(now);
            case Event.Connected(var peer, var ours) -> connected(now, peer, ours);
            case Event.Disconnected(var peer) -> disconnected(now, peer);
            case Event.Candidates(var peers, var lastResort) -> candidates(now, peers, lastResort);
            case Event.DialFailed(var peer) -> dialFailed(now, peer);
        };
    }

    private List<Action> started(Instant now) {
        nextRound = now;
        return List.of();
    }

    private List<Action> connected(Instant now, PeerId peer, boolean ours) {
        var wanted = dialling.remove(peer) != null;
        if (neighbours.containsKey(peer)) {
            return List.of();
        }
        var few = isShort();
        hasten(now); // The new one tells of others.
        if (wanted || ours && few) {
            return keep(peer, now);
        }
        neighbours.put(peer, new Tie(now, ours ? Bond.PASSING : Bond.THEIRS));
        return few ? List.of(new Action.Exchange(peer)) : List.of();
    }

    private List<Action> keep(PeerId peer, Instant since) {
        neighbours.put(peer, new Tie(since, Bond.KEPT));
        return List.of(new Action.Keep(peer), new Action.Exchange(peer));
    }

    /// How many count: those whose connection has no known end.
    private int lasting() {
        return (int) neighbours.values().stream().filter(tie -> tie.bond() != Bond.PASSING).count();
    }

    private boolean isShort() {
        return lasting() < config.wanted();
    }

    private List<Action> disconnected(Instant now, PeerId peer) {
        var tie = neighbours.remove(peer);
        if (tie == null) {
            return List.of();
        }
        if (tie.bond() != Bond.PASSING && now.isBefore(tie.since().plus(RETRY_MIN))) {
            leaveAlone(now, peer); // It takes our calls only to hang up.
        } else {
            failures.remove(peer);
        }
        hasten(lastRound); // At once, but a peer that comes and goes does not set our pace.
        return tie.bond() == Bond.KEPT ? List.of(new Action.Drop(peer)) : List.of();
    }

    private void hasten(Instant from) {
        var soon = from.plus(config.round().dividedBy(ROUNDS_HASTENED));
        if (soon.isBefore(nextRound)) {
            nextRound = soon;
        }
    }

    private List<Action> candidates(Instant now, List<PeerId> peers, List<PeerId> lastResort) {
        var eligible = eligible(now, peers);
        if (eligible.isEmpty() && neighbours.isEmpty() && dialling.isEmpty()) {
            eligible = eligible(now, lastResort);
        }
        Collections.shuffle(eligible, Random.from(random));
        var missing = config.wanted() - lasting() - dialling.size();
        var room = Math.clamp(missing, 0, Math.min(DIALS_PER_ROUND_MAX, eligible.size()));
        var chosen = eligible.subList(0, room);
        chosen.forEach(peer -> dialling.put(peer, now.plus(DIAL_MAX)));
        return chosen.stream().<Action>map(Action.Dial::new).toList();
    }

    private List<PeerId> eligible(Instant now, List<PeerId> peers) {
        var eligible = new ArrayList<>(new LinkedHashSet<>(peers));
        eligible.removeIf(peer -> peer.equals(self) || isBusy(now, peer));
        return eligible;
    }

    private boolean isBusy(Instant now, PeerId peer) {
        var failure = failures.get(peer);
        return neighbours.containsKey(peer)
                || dialling.containsKey(peer)
                || failure != null && now.isBefore(failure.until());
    }

    private List<Action> dialFailed(Instant now, PeerId peer) {
        dialling.remove(peer);
        if (!neighbours.containsKey(peer)) {
            leaveAlone(now, peer);
        }
        return List.of();
    }

    private void leaveAlone(Instant now, PeerId peer) {
        var last = failures.remove(peer);
        var pause = last == null ? RETRY_MIN : last.pause().multipliedBy(2);
        pause = pause.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : pause;
        failures.put(peer, new Failure(now.plus(pause), pause));
        if (failures.size() > FAILURES_MAX) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    @Override
    public List<Action> tick(Instant now) {
        lastRound = now;
        nextRound = now.plus(config.round());
        giveUp(now);
        var actions = new ArrayList<Action>();
        keepSome(actions);
        var few = isShort();
        if (neighbours.isEmpty() || few && !now.isBefore(nextJoin)) {
            nextJoin = now.plus(config.refresh());
            actions.add(new Action.JoinBootstrap());
        }
        if (lasting() + dialling.size() < config.wanted()) {
            actions.add(new Action.FindCandidates());
        }
        if (!neighbours.isEmpty() && !now.isBefore(nextExchange)) {
            nextExchange = now.plus(config.refresh().multipliedBy(few ? 1 : ROUNDS_WITH_ENOUGH));
            var index = random.nextInt(neighbours.size());
            actions.add(new Action.Exchange(List.copyOf(neighbours.keySet()).get(index)));
        }
        return List.copyOf(actions);
    }

    /// A connection that we have costs less than another dial.
    private void keepSome(List<Action> actions) {
        var missing = Math.max(0, config.wanted() - lasting());
        var passing =
                neighbours.entrySet().stream()
                        .filter(neighbour -> neighbour.getValue().bond() == Bond.PASSING)
                        .limit(missing)
                        .toList();
        passing.forEach(neighbour ->
                actions.addAll(keep(neighbour.getKey(), neighbour.getValue().since())));
    }

    /// A dial may end without a word: the peer answered, and is no agent.
    private void giveUp(Instant now) {
        var late =
                dialling.entrySet().stream()
                        .filter(dial -> !now.isBefore(dial.getValue()))
                        .map(Map.Entry::getKey)
                        .toList();
        late.forEach(peer -> dialFailed(now, peer));
    }

    @Override
    public Instant nextTick() {
        return nextRound;
    }
}
