package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.limits.TokenBuckets;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Answers queries from our own memory and from what our neighbours answer.
///
/// ```text
/// Asked -> Lookup -> Found -> enough, or no hop left ------------------> Reply
///      \                 \--> Ask, Ask ... -> Answered | Failed | late -/
///       \-> seen before, asked too often, too much in work: Reply with nothing
/// ```
///
/// No query id is forwarded twice. Every hop keeps an equal share of the asker's patience, so an
/// answer is back before the one who asked for it gives up. Only records that fit the condition
/// exactly pass, one for each provider: the one with the highest sequence.
public final class SearchMachine implements Machine<SearchMachine.Event, SearchMachine.Action> {
    /// What the machine hears of.
    public sealed interface Event {
        /// A neighbour that queries may be forwarded to.
        record Connected(PeerId peer) implements Event {}

        record Disconnected(PeerId peer) implements Event {}

        /// A peer, or when empty our own owner, asks; `askId` comes back in the [Action.Reply].
        record Asked(long askId, Optional<PeerId> from, SearchQuery query) implements Event {}

        /// What our own memory holds, our own record included; one for each [Action.Lookup].
        record Found(QueryId id, List<SignedContact> records) implements Event {}

        record Answered(PeerId from, SearchAnswer answer) implements Event {}

        /// The neighbour did not answer, for whatever reason.
        record Failed(PeerId from, QueryId id) implements Event {}
    }

    /// What the machine asks for.
    public sealed interface Action {
        /// Look into our own memory, for living contacts only.
        record Lookup(QueryId id, SearchCondition condition, int max) implements Action {}

        record Ask(PeerId to, SearchQuery query) implements Action {}

        record Reply(long askId, SearchAnswer answer) implements Action {}

        /// Keep these under the condition key; `toldBy` says whose connection told them.
        record Remember(PeerId toldBy, List<SignedContact> records, Bytes conditionKey)
                implements Action {}

        /// Ask a neighbour to remember our own record under the condition key.
        record Introduce(PeerId to, SignedContact own, Bytes conditionKey) implements Action {}
    }

    /// Queries that arrive with at least so many hops left are near their asker: the first 3 peers
    /// on the path.
    private static final int HOPS_LEFT_NEAR_ASKER = SearchQuery.HOPS_MAX - 3;

    private static final Duration PATIENCE_MIN = Duration.ofMillis(20);
    private static final int INTRODUCTIONS_REMEMBERED_MAX = 1024;

    private final PeerId self;
    private final SearchSettings settings;
    private final RandomGenerator random;
    private final Set<PeerId> neighbours = new LinkedHashSet<>();
    private final Map<QueryId, Search> pending = new LinkedHashMap<>();
    private final Expiring<QueryId> seen;
    private final Expiring<Bytes> introduced;
    private final TokenBuckets buckets;

    public SearchMachine(PeerId self, SearchSettings settings, RandomGenerator random) {
        this.self = self;
        this.settings = settings;
        this.random = random;
        this.seen = new Expiring<>(settings.seenFor(), settings.seenMax());
        this.introduced =
                new Expiring<>(settings.introducedAgainAfter(), INTRODUCTIONS_REMEMBERED_MAX);
        this.buckets = new TokenBuckets(settings.queriesPerSecond(), settings.queriesBurst());
    }

    /// A query in work.
    private static final class Search {
        private final long askId;
        private final Optional<PeerId> from;
        private final SearchQuery query;
        private final Instant deadline;
        private final Map<PeerId, SignedContact> results = new LinkedHashMap<>();
        private final Set<PeerId> asked = new LinkedHashSet<>();
        private boolean lookedUp;
        private int agentsAsked = 1;

        private Search(long askId, Optional<PeerId> from, SearchQuery query, Instant deadline) {
            this.askId = askId;
            this.from = from;
            this.query = query;
            this.deadline = deadline;
        }

        /// Takes the records that fit; returns those that were new.
        private List<SignedContact> accept(List<SignedContact> records) {
            var accepted = new ArrayList<SignedContact>();
            for (var record : records) {
                var known = results.get(record.peer());
                var wanted = known != null || results.size() < query.resultsMax();
                var newer = known == null || known.record().sequence() < record.record().sequence();
                if (wanted && newer && fits(record)) {
                    results.put(record.peer(), record);
                    accepted.add(record);
                }
            }
            return accepted;
        }

        private boolean fits(SignedContact record) {
            var isAsker = from.isPresent() && from.get().equals(record.peer());
            return !isAsker && query.condition().matches(record.record());
        }

        private boolean full() {
            return results.size() >= query.resultsMax();
        }

        private boolean nearAsker() {
            return from.isEmpty() || query.hopsLeft() >= HOPS_LEFT_NEAR_ASKER;
        }

        private SearchAnswer answer() {
            return new SearchAnswer(query.id(), List.copyOf(results.values()), agentsAsked);
        }
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        return switch (event) {
            case Event.Connected(var peer) -> connected(peer);
            case Event.Disconnected(var peer) -> disconnected(peer);
            case Event.Asked(var askId, var from, var query) -> asked(now, askId, from, query);
            case Event.Found(var id, var records) -> found(now, id, records);
            case Event.Answered(var from, var answer) -> answered(from, answer);
            case Event.Failed(var from, var id) -> failed(from, id);
        };
    }

    private List<Action> connected(PeerId peer) {
        if (!peer.equals(self) && neighbours.size() < settings.neighboursMax()) {
            neighbours.add(peer);
        }
        return List.of();
    }

    private List<Action> disconnected(PeerId peer) {
        neighbours.remove(peer);
        return List.of();
    }

    private List<Action> asked(Instant now, long askId, Optional<PeerId> from, SearchQuery query) {
        var nothing = List.<Action>of(new Action.Reply(askId, SearchAnswer.nothing(query.id())));
        if (from.isPresent() && !buckets.take(from.get(), now)) {
            return nothing;
        }
        if (pending.size() >= settings.pendingMax() || !seen.add(now, query.id())) {
            return nothing;
        }
        pending.put(query.id(), new Search(askId, from, query, now.plus(query.patience())));
        return List.of(new Action.Lookup(query.id(), query.condition(), query.resultsMax()));
    }

    private List<Action> found(Instant now, QueryId id, List<SignedContact> records) {
        var search = pending.get(id);
        if (search == null || search.lookedUp) {
            return List.of();
        }
        search.lookedUp = true;
        var actions = new ArrayList<Action>();
        for (var record : search.accept(records)) {
            if (record.peer().equals(self)) {
                introduce(now, search, record, actions);
            }
        }
        if (!search.full()) {
            forward(now, search, actions);
        }
        finishIfDone(search, actions);
        return actions;
    }

    private void introduce(Instant now, Search search, SignedContact own, List<Action> actions) {
        var conditionKey = search.query.condition().conditionKey();
        if (search.from.isPresent() && introduced.add(now, conditionKey)) {
            for (var peer : some(settings.introductionsMax(), search.from)) {
                actions.add(new Action.Introduce(peer, own, conditionKey));
            }
        }
    }

    private void forward(Instant now, Search search, List<Action> actions) {
        var hops = search.query.hopsLeft();
        // Those behind us share what is left in equal parts with us.
        var left = Duration.between(now, search.deadline).multipliedBy(hops).dividedBy(hops + 1);
        if (hops == 0 || left.compareTo(PATIENCE_MIN) < 0) {
            return;
        }
        var query = search.query.forwarded(Duration.ofMillis(left.toMillis()));
        for (var peer : some(settings.fanOutMax(), search.from)) {
            search.asked.add(peer);
            actions.add(new Action.Ask(peer, query));
        }
    }

    /// Up to `max` neighbours drawn at random, without the one that asked.
    private List<PeerId> some(int max, Optional<PeerId> except) {
        var drawn = new ArrayList<>(neighbours);
        except.ifPresent(drawn::remove);
        Collections.shuffle(drawn, Random.from(random));
        return drawn.subList(0, Math.min(max, drawn.size()));
    }

    private List<Action> answered(PeerId from, SearchAnswer answer) {
        var search = pending.get(answer.id());
        if (search == null || !search.asked.remove(from)) {
            return List.of();
        }
        var actions = new ArrayList<Action>();
        var accepted = search.accept(answer.records());
        search.agentsAsked =
                Math.min(SearchAnswer.AGENTS_MAX, search.agentsAsked + answer.agentsAsked());
        if (!accepted.isEmpty() && search.nearAsker()) {
            var conditionKey = search.query.condition().conditionKey();
            actions.add(new Action.Remember(from, accepted, conditionKey));
        }
        finishIfDone(search, actions);
        return actions;
    }

    private List<Action> failed(PeerId from, QueryId id) {
        var search = pending.get(id);
        if (search == null || !search.asked.remove(from)) {
            return List.of();
        }
        var actions = new ArrayList<Action>();
        finishIfDone(search, actions);
        return actions;
    }

    private void finishIfDone(Search search, List<Action> actions) {
        if (search.full() || search.asked.isEmpty()) {
            finish(search, actions);
        }
    }

    private void finish(Search search, List<Action> actions) {
        pending.remove(search.query.id());
        actions.add(new Action.Reply(search.askId, search.answer()));
    }

    @Override
    public List<Action> tick(Instant now) {
        var actions = new ArrayList<Action>();
        var late =
                pending.values().stream().filter(search -> !now.isBefore(search.deadline)).toList();
        late.forEach(search -> finish(search, actions));
        return actions;
    }

    @Override
    public Instant nextTick() {
        return pending.values().stream()
                .map(search -> search.deadline)
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }
}
