package org.p2prmb.libp2p.autonat;

import org.p2prmb.libp2p.autonat.ReachabilityMachine.Action;
import org.p2prmb.libp2p.autonat.ReachabilityMachine.Event;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// Finds out which of our addresses others can dial, by asking one server after the other.
///
/// ```
/// UNKNOWN  -- CONFIDENCE servers agree (all of them, if there are fewer) --> PUBLIC, PRIVATE
/// PUBLIC   -- the majority of the last answers changes -------------------> PRIVATE, UNKNOWN
/// ```
///
/// Each server has one vote for each address, its last one, so that no liar counts twice. What is
/// unknown is asked again soon, what is known now and then.
public final class ReachabilityMachine implements Machine<Event, Action> {
    /// Votes that decide.
    static final int CONFIDENCE = 3;

    static final int ADDRESSES_MAX = 16;
    static final int SERVERS_MAX = 64;

    /// Votes that are kept for each address, the newest.
    static final int VOTES_MAX = 8;

    private final Config config;
    private final SequencedMap<Multiaddr, Candidate> candidates = new LinkedHashMap<>();

    /// When each server was asked last.
    private final SequencedMap<PeerId, Instant> servers = new LinkedHashMap<>();

    private Map<Multiaddr, Reachability> told = Map.of();
    private boolean asking;
    private int failures;
    private Instant lastAsk = Instant.MIN;
    private Instant nextAsk = Instant.MAX;

    /// @param retry between two questions while something is unknown
    /// @param refresh between two questions about what is known
    public record Config(Duration retry, Duration refresh) {
        public Config {
            if (!retry.isPositive() || refresh.compareTo(retry) < 0) {
                throw new IllegalArgumentException("0 < retry <= refresh");
            }
        }

        public static Config defaults() {
            return new Config(Duration.ofSeconds(15), Duration.ofMinutes(15));
        }
    }

    public sealed interface Event {
        /// These may be where we are reached, in place of those before.
        record Addresses(List<Multiaddr> addresses) implements Event {}

        /// A connected peer answers such questions.
        record Server(PeerId peer) implements Event {}

        record ServerGone(PeerId peer) implements Event {}

        /// The answer to a question.
        record Found(PeerId server, Multiaddr address, boolean reachable) implements Event {}

        /// There was no answer to a question.
        record Failed() implements Event {}
    }

    public sealed interface Action {
        /// Asks `server` about the first of `addresses` that it can dial; answered by `Found` or
        /// `Failed`.
        record Ask(PeerId server, List<Multiaddr> addresses) implements Action {}

        /// What is known of each address has changed.
        record Tell(Map<Multiaddr, Reachability> reachability) implements Action {}
    }

    /// An address and the last votes on it, oldest first.
    private static final class Candidate {
        private final SequencedMap<PeerId, Boolean> votes = new LinkedHashMap<>();
        private Instant asked = Instant.MIN;

        void vote(PeerId server, boolean reachable) {
            votes.remove(server);
            votes.put(server, reachable);
            if (votes.size() > VOTES_MAX) {
                votes.pollFirstEntry();
            }
        }

        Reachability reachability(int servers) {
            var yes = (int) votes.values().stream().filter(reachable -> reachable).count();
            var no = votes.size() - yes;
            var needed = Math.clamp(servers, 1, CONFIDENCE);
            if (yes > no && yes >= needed) {
                return Reachability.PUBLIC;
            }
            return no > yes && no >= needed ? Reachability.PRIVATE : Reachability.UNKNOWN;
        }
    }

    public ReachabilityMachine(Config config) {
        this.config = config;
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        return switch (event) {
            case Event.Addresses(var addresses) -> addresses(now, addresses);
            case Event.Server(var peer) -> server(now, peer);
            case Event.ServerGone(var peer) -> gone(peer);
            case Event.Found(var server, var address, var reachable) ->
                    found(now, server, address, reachable);
            case Event.Failed() -> failed(now);
        };
    }

    private List<Action> addresses(Instant now, List<Multiaddr> addresses) {
        SequencedSet<Multiaddr> wanted = new LinkedHashSet<>();
        addresses.stream().limit(ADDRESSES_MAX).forEach(wanted::add);
        candidates.keySet().retainAll(wanted);
        wanted.forEach(address -> candidates.computeIfAbsent(address, _ -> new Candidate()));
        schedule(now);
        return told();
    }

    private List<Action> server(Instant now, PeerId peer) {
        if (servers.size() < SERVERS_MAX) {
            servers.putIfAbsent(peer, Instant.MIN);
        }
        schedule(now);
        return told();
    }

    private List<Action> gone(PeerId peer) {
        servers.remove(peer);
        return told();
    }

    private List<Action> found(Instant now, PeerId server, Multiaddr address, boolean reachable) {
        asking = false;
        failures = 0;
        var candidate = candidates.get(address);
        if (candidate != null) {
            candidate.vote(server, reachable);
            candidate.asked = now;
        }
        schedule(now);
        return told();
    }

    private List<Action> failed(Instant now) {
        asking = false;
        failures++;
        schedule(now);
        return List.of();
    }

    private void schedule(Instant now) {
        if (asking || candidates.isEmpty() || servers.isEmpty()) {
            nextAsk = Instant.MAX;
            return;
        }
        var due = lastAsk.plus(isSettled() ? config.refresh() : retry());
        nextAsk = due.isBefore(now) ? now : due;
    }

    /// Longer after each failure in a row: those who do not answer are not pestered.
    private Duration retry() {
        var pause = config.retry();
        for (var count = 0; count < failures && pause.compareTo(config.refresh()) < 0; count++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(config.refresh()) < 0 ? pause : config.refresh();
    }

    private boolean isSettled() {
        return candidates.values().stream()
                .noneMatch(candidate ->
                        candidate.reachability(servers.size()) == Reachability.UNKNOWN);
    }

    @Override
    public List<Action> tick(Instant now) {
        if (now.isBefore(nextAsk)) {
            return List.of();
        }
        var server = leastAsked();
        if (server.isEmpty() || candidates.isEmpty()) {
            nextAsk = Instant.MAX;
            return List.of();
        }
        asking = true;
        lastAsk = now;
        nextAsk = Instant.MAX;
        servers.put(server.get(), now);
        return List.of(new Action.Ask(server.get(), byNeed()));
    }

    private Optional<PeerId> leastAsked() {
        return servers.entrySet().stream().min(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    /// What is unknown first, then what was asked longest ago.
    private List<Multiaddr> byNeed() {
        var byNeed = new ArrayList<>(candidates.entrySet());
        byNeed.sort(
                Comparator.comparing((Map.Entry<Multiaddr, Candidate> entry) ->
                                entry.getValue().reachability(servers.size()))
                        .thenComparing(entry -> entry.getValue().asked));
        return byNeed.stream().map(Map.Entry::getKey).toList();
    }

    private List<Action> told() {
        var now = new LinkedHashMap<Multiaddr, Reachability>();
        candidates.forEach(
                (address, candidate) -> now.put(address, candidate.reachability(servers.size())));
        if (now.equals(told)) {
            return List.of();
        }
        told = Map.copyOf(now);
        return List.of(new Action.Tell(told));
    }

    @Override
    public Instant nextTick() {
        return nextAsk;
    }
}
