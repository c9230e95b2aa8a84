package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Searches for our owner ([Quest]) and passes the searches of others on ([Relay]).
///
/// ```text
/// asker                        agents on a walk                     neighbours of each
///   | -- query, 11 steps left --> | -- query, 0 steps (filter fits) --> |
///   |                             | -- query, 10 steps left --> ...     |
///   | <- answer, answer ... ----- | <- answer --------------------------|
/// ```
///
/// No query id is worked on twice. Only records that fit exactly pass. Each [Action.Ask] is
/// followed by any number of [Event.Answered] and one [Event.Ended]; each [Action.Lookup],
/// [Action.Verify], [Action.FindProviders] and [Action.CollectTags] by one event of its own.
public final class SearchMachine implements Machine<SearchMachine.Event, SearchMachine.Action> {
    /// What the machine hears of.
    public sealed interface Event {
        /// A neighbour that queries may be forwarded to.
        record Connected(PeerId peer) implements Event {}

        record Disconnected(PeerId peer) implements Event {}

        record FilterHeard(PeerId from, FilterUpdate update) implements Event {}

        /// The keys of the tags that we can answer, those that only our owner asked for left out.
        record Tags(List<Bytes> keys) implements Event {
            public Tags {
                keys = List.copyOf(keys);
            }
        }

        /// A peer asks; `askId` comes back in each [Action.Reply].
        record Asked(long askId, PeerId from, SearchQuery query) implements Event {}

        /// Our owner asks.
        record Sought(long askId, SearchQuery query) implements Event {}

        /// Nobody waits for the replies any more.
        record Abandoned(long askId) implements Event {}

        /// What our own memory holds; `own` is our own record if it fits.
        record Found(QueryId id, List<SignedContact> own, List<SignedContact> cached)
                implements Event {}

        record Answered(PeerId from, SearchAnswer answer) implements Event {}

        /// That peer's answer is complete, or never comes.
        record Ended(PeerId from, QueryId id) implements Event {}

        record Verified(QueryId id, PeerId provider, boolean alive) implements Event {}

        /// Who provides the tag, as the DHT says.
        record Provided(QueryId id, List<PeerId> providers) implements Event {}
    }

    /// What the machine asks for.
    public sealed interface Action {
        /// Look into our own memory for contacts that fit.
        ///
        /// @param living whether those that were not heard of for long must be asked for a sign of
        ///     life first
        record Lookup(QueryId id, SearchCondition condition, int max, boolean living)
                implements Action {}

        record Ask(PeerId to, SearchQuery query) implements Action {}

        /// A part of the answer; nothing follows the last one.
        record Reply(long askId, SearchAnswer answer, boolean last) implements Action {}

        /// Ask the provider for a sign of life now.
        ///
        /// @param toldBy who told the record; we ourselves when we remembered it
        record Verify(QueryId id, SignedContact record, PeerId toldBy) implements Action {}

        record FindProviders(QueryId id, Bytes tagKey, int max) implements Action {}

        /// Keep these under the condition key; `toldBy` says whose connection told them.
        ///
        /// @param forOwner whether it was our own owner who asked, which the filters must not tell
        record Remember(
                PeerId toldBy, List<SignedContact> records, Bytes conditionKey, boolean forOwner)
                implements Action {}

        /// Ask a neighbour to remember our own record under the condition key.
        record Introduce(PeerId to, SignedContact own, Bytes conditionKey) implements Action {}

        /// Say which tags we can answer.
        record CollectTags() implements Action {}

        record SendFilter(PeerId to, FilterUpdate update) implements Action {}
    }

    private final PeerId self;
    private final SearchSettings settings;
    private final Surroundings around;
    private final Map<QueryId, Task> pending = new LinkedHashMap<>();
    private final Map<PeerId, Integer> pendingOf = new HashMap<>();
    private final Map<Long, QueryId> sought = new HashMap<>();
    private final Expiring<QueryId> seen;
    private final TokenBuckets<PeerId> queries;
    private final TokenBuckets<PeerId> updates;
    private Instant nextFilters = Instant.MAX;

    public SearchMachine(
            PeerId self, SearchSettings settings, Reputations reputations, RandomGenerator random) {
        this.self = self;
        this.settings = settings;
        this.around = new Surroundings(self, settings, reputations, random);
        this.seen = new Expiring<>(settings.bounds().seenFor(), settings.bounds().seenMax());
        var rates = settings.rates();
        this.queries = new TokenBuckets<>(rates.queriesPerSecond(), rates.queriesBurst());
        this.updates = new TokenBuckets<>(1, rates.filtersBurst());
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        var out = new ArrayList<Action>(4);
        switch (event) {
            case Event.Connected(var peer) -> connected(now, peer, out);
            case Event.Disconnected(var peer) -> around.filters().disconnected(peer);
            case Event.FilterHeard(var from, var update) -> filterHeard(now, from, update);
            case Event.Tags(var keys) -> tags(keys, out);
            case Event.Asked(var askId, var from, var query) -> asked(now, askId, from, query, out);
            case Event.Sought(var askId, var query) -> sought(now, askId, query, out);
            case Event.Abandoned(var askId) -> abandoned(askId);
            case Event.Found(var id, var own, var cached) -> {
                var task = pending.get(id);
                if (task != null) {
                    task.found(now, own, cached, out);
                    forgetIfOver(id, task);
                }
            }
            case Event.Answered(var from, var answer) -> {
                var task = pending.get(answer.id());
                if (task != null) {
                    task.answered(now, from, answer, out);
                    forgetIfOver(answer.id(), task);
                }
            }
            case Event.Ended(var from, var id) -> {
                var task = pending.get(id);
                if (task != null) {
                    task.ended(now, from, out);
                    forgetIfOver(id, task);
                }
            }
            case Event.Verified(var id, var provider, var alive) -> {
                if (pending.get(id) instanceof Quest quest) {
                    quest.verified(now, provider, alive, out);
                    forgetIfOver(id, quest);
                }
            }
            case Event.Provided(var id, var providers) -> {
                if (pending.get(id) instanceof Quest quest) {
                    quest.provided(now, providers, out);
                    forgetIfOver(id, quest);
                }
            }
        }
        return out;
    }

    private void connected(Instant now, PeerId peer, List<Action> out) {
        if (peer.equals(self)) {
            return;
        }
        if (around.filters().isEmpty()) {
            nextFilters = now; // The first neighbour: what can we answer?
        }
        around.filters().connected(peer);
        around.negatives().clear(); // Perhaps the newcomer knows.
        sendFilter(peer, out);
    }

    private void sendFilter(PeerId peer, List<Action> out) {
        around.filters()
                .news(peer)
                .ifPresent(update -> out.add(new Action.SendFilter(peer, update)));
    }

    private void filterHeard(Instant now, PeerId from, FilterUpdate update) {
        if (around.filters().isNeighbour(from) && updates.take(from, now)) {
            around.filters().heard(from, update);
            around.negatives().clear();
        }
    }

    private void tags(List<Bytes> keys, List<Action> out) {
        around.filters().changed(keys);
        around.filters().neighbours().forEach(peer -> sendFilter(peer, out));
    }

    private void asked(Instant now, long askId, PeerId from, SearchQuery query, List<Action> out) {
        if (!queries.take(from, now)
                || pendingOf.getOrDefault(from, 0) >= settings.bounds().pendingPerPeerMax()
                || pending.size() >= settings.bounds().pendingMax()) {
            out.add(new Action.Reply(askId, SearchAnswer.refused(query), true));
        } else if (!seen.add(now, query.id())) {
            out.add(new Action.Reply(askId, SearchAnswer.repeated(query), true));
        } else {
            pending.put(query.id(), new Relay(around, askId, from, query, now));
            pendingOf.merge(from, 1, Integer::sum);
            out.add(lookup(query, true));
        }
    }

    private void sought(Instant now, long askId, SearchQuery query, List<Action> out) {
        if (pending.size() >= settings.bounds().pendingMax() || !seen.add(now, query.id())) {
            out.add(new Action.Reply(askId, SearchAnswer.nothing(query.id()), true));
            return;
        }
        pending.put(query.id(), new Quest(around, askId, query, now));
        sought.put(askId, query.id());
        out.add(lookup(query, false));
    }

    private static Action lookup(SearchQuery query, boolean living) {
        return new Action.Lookup(query.id(), query.condition(), query.resultsMax(), living);
    }

    private void abandoned(long askId) {
        var id = sought.remove(askId);
        if (id != null) {
            pending.remove(id);
        }
    }

    private void forgetIfOver(QueryId id, Task task) {
        if (task.isOver()) {
            pending.remove(id);
            left(task);
        }
    }

    private void left(Task task) {
        switch (task) {
            case Relay relay ->
                    pendingOf.computeIfPresent(
                            relay.from(), (_, count) -> count > 1 ? count - 1 : null);
            case Quest quest -> sought.remove(quest.askId());
        }
    }

    @Override
    public List<Action> tick(Instant now) {
        var out = new ArrayList<Action>(4);
        for (var task : pending.values()) {
            if (!now.isBefore(task.nextTick())) {
                task.tick(now, out);
            }
        }
        pending.values()
                .removeIf(task -> {
                    if (task.isOver()) {
                        left(task);
                    }
                    return task.isOver();
                });
        if (!now.isBefore(nextFilters)) {
            nextFilters =
                    around.filters().isEmpty()
                            ? Instant.MAX
                            : now.plus(settings.rates().filterInterval());
            out.add(new Action.CollectTags());
        }
        return out;
    }

    @Override
    public Instant nextTick() {
        var next = nextFilters;
        for (var task : pending.values()) {
            var due = task.nextTick();
            next = due.isBefore(next) ? due : next;
        }
        return next;
    }
}
