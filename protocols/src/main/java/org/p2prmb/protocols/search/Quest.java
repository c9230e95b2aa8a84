package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A search of our own owner, in stages: each begins when the one before gave too little.
///
/// ```text
/// own memory -> neighbours whose filters promise the tag -> 4 short walks -> the DHT
///                                                                 ^            |
///            once more, by other neighbours, when it has nothing -+------------+
/// ```
///
/// Whoever did not answer himself is asked for a sign of life before the owner gets to see him.
@Pure
final class Quest implements Task {
    private static final Duration MARGIN = Duration.ofMillis(50);

    private enum Stage {
        MEMORY,
        FILTERS,
        WALKS,
        DHT,
        OVER
    }

    private final Surroundings around;
    private final long askId;
    private final SearchQuery query;
    private final Instant deadline;
    private final Set<PeerId> results = new LinkedHashSet<>();

    /// Who is or was looked at: never twice.
    private final Set<PeerId> considered = new LinkedHashSet<>();

    private final List<Candidate> candidates = new ArrayList<>();
    private final Map<PeerId, SignedContact> verifying = new LinkedHashMap<>();
    private final Set<PeerId> asked = new LinkedHashSet<>();

    /// Those of the asked who may still answer.
    private final Set<PeerId> outstanding = new LinkedHashSet<>();

    /// Until when the search stands still for some of them.
    private final Map<PeerId, Instant> waitingFor = new LinkedHashMap<>();

    /// Walks under way by their first agent.
    private final Map<PeerId, Walk> walkers = new LinkedHashMap<>();

    private final Set<PeerId> helpful = new LinkedHashSet<>();
    private final Deque<PeerId> providers = new ArrayDeque<>();
    private Stage stage = Stage.MEMORY;
    private boolean lookedUp;
    private int walks;
    private boolean dhtAsked;
    private boolean walkedAgain;
    private Instant nextWalkAt = Instant.MAX;
    private boolean providersKnown;
    private int agentsAsked = 1;
    private int hops;

    private record Candidate(SignedContact record, PeerId toldBy) {}

    Quest(Surroundings around, long askId, SearchQuery query, Instant now) {
        this.around = around;
        this.askId = askId;
        this.query = query;
        this.deadline = now.plus(query.patience());
    }

    long askId() {
        return askId;
    }

    @Override
    public void found(
            Instant now, List<SignedContact> own, List<SignedContact> cached, List<Action> out) {
        if (lookedUp || stage == Stage.OVER) {
            return;
        }
        lookedUp = true;
        own.forEach(record -> consider(now, around.self(), record, out));
        cached.forEach(record -> consider(now, around.self(), record, out));
        progress(now, out);
    }

    /// Takes a record into account; true when it fits.
    private boolean consider(Instant now, PeerId from, SignedContact record, List<Action> out) {
        var provider = record.peer();
        var isOurs = provider.equals(around.self());
        if (isOurs && !from.equals(around.self())
                || !around.fits(record, query.condition(), now)
                || !isOurs && !around.isWanted(provider, query.condition())) {
            return false;
        }
        if (considered.add(provider)) {
            if (provider.equals(from)) {
                result(record, out);
            } else {
                candidates.add(new Candidate(record, from));
            }
        }
        return true;
    }

    private void result(SignedContact record, List<Action> out) {
        if (!isFull() && results.add(record.peer())) {
            out.add(new Action.Reply(askId, answer(List.of(record)), isFull()));
            stage = isFull() ? Stage.OVER : stage;
        }
    }

    private boolean isFull() {
        return results.size() >= query.resultsMax();
    }

    private SearchAnswer answer(List<SignedContact> records) {
        return new SearchAnswer(query.id(), records, agentsAsked, hops, 0, false);
    }

    /// Goes as far as possible without waiting.
    private void progress(Instant now, List<Action> out) {
        verify(out);
        var moved = true;
        while (moved && stage != Stage.OVER && verifying.isEmpty()) {
            moved =
                    switch (stage) {
                        case MEMORY -> enterFilters();
                        case FILTERS -> filters(now, out);
                        case WALKS -> walks(now, out);
                        case DHT -> dht(now, out);
                        case OVER -> false;
                    };
        }
    }

    /// The best first, no more than can be used.
    private void verify(List<Action> out) {
        candidates.sort(
                Comparator.comparingDouble(
                        (Candidate candidate) -> -around.score(candidate.record().peer())));
        while (!candidates.isEmpty() && results.size() + verifying.size() < query.resultsMax()) {
            var next = candidates.removeFirst();
            verifying.put(next.record().peer(), next.record());
            out.add(new Action.Verify(query.id(), next.record(), next.toldBy()));
        }
    }

    void verified(Instant now, PeerId provider, boolean alive, List<Action> out) {
        var record = verifying.remove(provider);
        if (record == null || stage == Stage.OVER) {
            return;
        }
        if (alive) {
            result(record, out);
        }
        progress(now, out);
    }

    private boolean enterFilters() {
        if (!lookedUp) {
            return false;
        }
        stage = Stage.FILTERS;
        return true;
    }

    private boolean filters(Instant now, List<Action> out) {
        if (!waitingFor.isEmpty()) {
            return false;
        }
        if (query.hopsLeft() == 0) {
            finish(out);
            return false;
        }
        if (around.negatives().contains(now, query.condition())) {
            return enterDht(out); // Nobody around us has anything new.
        }
        var promising = around.promising(query.condition(), asked);
        if (promising.isEmpty()) {
            stage = Stage.WALKS;
            nextWalkAt = now;
            return true;
        }
        promising.stream()
                .limit(Math.max(1, around.stages().lookAheadMax()))
                .forEach(peer -> askAndWait(now, peer, around.stages().lookAheadWait(), out));
        return false;
    }

    private void askAndWait(Instant now, PeerId peer, Duration wait, List<Action> out) {
        waitingFor.put(peer, now.plus(wait));
        ask(now, peer, 0, out);
    }

    private void ask(Instant now, PeerId peer, int hopsLeft, List<Action> out) {
        var left = Duration.between(now, deadline).minus(MARGIN);
        asked.add(peer);
        outstanding.add(peer);
        var wanted = query.resultsMax() - results.size();
        out.add(new Action.Ask(peer, query.forwarded(hopsLeft, wanted, left)));
    }

    private boolean walks(Instant now, List<Action> out) {
        var stages = around.stages();
        if (walks < stages.walksMax() && (walkers.isEmpty() || !now.isBefore(nextWalkAt))) {
            if (walk(now, Math.min(query.hopsLeft(), stages.walkSteps()) - 1, out)) {
                walks++;
                nextWalkAt = walks < stages.walksMax() ? now.plus(stages.walkStagger()) : end(now);
                return true;
            }
            walks = stages.walksMax(); // There is nobody left to begin with.
            nextWalkAt = end(now);
        }
        if (walks >= stages.walksMax() && (walkers.isEmpty() || !now.isBefore(nextWalkAt))) {
            return enterDht(out);
        }
        return false;
    }

    /// Until when walks are waited for: not for long before the DHT was asked.
    private Instant end(Instant now) {
        return dhtAsked ? Instant.MAX : now.plus(around.stages().walkWait());
    }

    /// True when there is no need to wait for it: it had nothing, nor had the walks after it.
    private boolean enterDht(List<Action> out) {
        stage = Stage.DHT;
        if (dhtAsked) {
            return true;
        }
        dhtAsked = true;
        var wanted = Math.max(around.stages().providersMax(), query.resultsMax());
        out.add(new Action.FindProviders(query.id(), query.condition().tagKey(), wanted));
        return false;
    }

    /// Begins or goes on with a walk; false when all neighbours were asked.
    private boolean walk(Instant now, int hopsLeft, List<Action> out) {
        var next = around.neighbours(asked);
        if (next.isEmpty()) {
            return false;
        }
        walkers.put(next.getFirst(), Walk.of(hopsLeft));
        ask(now, next.getFirst(), hopsLeft, out);
        return true;
    }

    void provided(Instant now, List<PeerId> found, List<Action> out) {
        if (stage != Stage.DHT || providersKnown) {
            return;
        }
        providersKnown = true;
        for (var provider : found) {
            if (!provider.equals(around.self()) && !considered.contains(provider)) {
                providers.add(provider);
            }
        }
        progress(now, out);
    }

    private boolean dht(Instant now, List<Action> out) {
        if (!providersKnown || !waitingFor.isEmpty()) {
            return false;
        }
        var room = around.stages().providersAtOnce() * (query.resultsMax() - results.size());
        var begun = 0;
        while (begun < room && !providers.isEmpty()) {
            var provider = providers.removeFirst();
            if (!considered.contains(provider) && !asked.contains(provider)) {
                askAndWait(now, provider, around.stages().providerWait(), out);
                begun++;
            }
        }
        if (begun == 0 && outstanding.isEmpty()) {
            if (results.isEmpty() && !walkedAgain && !around.neighbours(asked).isEmpty()) {
                walkedAgain = true;
                walks = 0;
                nextWalkAt = now;
                stage = Stage.WALKS;
                return true;
            }
            if (results.isEmpty()) {
                around.negatives().add(now, query.condition());
            }
            finish(out);
        }
        return false;
    }

    @Override
    public void answered(Instant now, PeerId from, SearchAnswer answer, List<Action> out) {
        if (stage == Stage.OVER || !asked.contains(from)) {
            return;
        }
        agentsAsked = Math.min(SearchAnswer.AGENTS_MAX, agentsAsked + answer.agentsAsked());
        walkers.computeIfPresent(from, (_, walk) -> walk.answered(answer, asked.size()));
        var fitting = new ArrayList<SignedContact>();
        for (var record : answer.records()) {
            hops = Math.min(SearchQuery.HOPS_MAX, answer.hops() + 1);
            if (consider(now, from, record, out)) {
                fitting.add(record);
            }
        }
        if (!fitting.isEmpty()) {
            helpful.add(from);
            around.filters().kept(from);
            out.add(new Action.Remember(from, fitting, query.condition().conditionKey(), true));
        }
        progress(now, out);
    }

    @Override
    public void ended(Instant now, PeerId from, List<Action> out) {
        if (!outstanding.remove(from) || stage == Stage.OVER) {
            return;
        }
        waitingFor.remove(from);
        if (stage == Stage.FILTERS && !helpful.contains(from)) {
            around.filters().misled(from, query.condition());
        }
        var walk = walkers.remove(from);
        if (walk != null && walk.left() > 0 && stage == Stage.WALKS) {
            walk(now, walk.left() - 1, out); // What that walk left over takes another way.
        }
        progress(now, out);
    }

    private void finish(List<Action> out) {
        stage = Stage.OVER;
        out.add(new Action.Reply(askId, answer(List.of()), true));
    }

    @Override
    public void tick(Instant now, List<Action> out) {
        if (stage == Stage.OVER) {
            return;
        }
        if (!now.isBefore(deadline)) {
            finish(out);
            return;
        }
        if (!now.isBefore(nextTick())) {
            waitingFor.values().removeIf(until -> !now.isBefore(until));
            progress(now, out);
        }
    }

    @Override
    public Instant nextTick() {
        if (stage == Stage.OVER) {
            return Instant.MAX;
        }
        var next = deadline;
        if (stage == Stage.WALKS && verifying.isEmpty() && nextWalkAt.isBefore(next)) {
            next = nextWalkAt;
        }
        for (var until : waitingFor.values()) {
            next = until.isBefore(next) ? until : next;
        }
        return next;
    }

    @Override
    public boolean isOver() {
        return stage == Stage.OVER;
    }
}
