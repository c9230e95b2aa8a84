package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.kademlia.Asks.Purpose;
import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.Lookup.Candidate;
import org.p2prmb.discovery.kademlia.Query.Kind;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The queries under way: sends what their look-ups ask for, and ends them.
@Pure
final class Queries {
    /// Queries at once, those of our own upkeep included.
    static final int RUNNING_MAX = 256;

    private final Validators validators;
    private final Asks asks;
    private final Ending ending;

    /// In the order of their deadlines, since all have the same time.
    private final Map<Long, Query> running = new LinkedHashMap<>();

    /// Hears of queries that have ended.
    interface Ending {
        void ended(Instant now, Query query, List<Action> actions);
    }

    Queries(Validators validators, Asks asks, Ending ending) {
        this.validators = validators;
        this.asks = asks;
        this.ending = ending;
    }

    boolean hasRoom() {
        return running.size() < RUNNING_MAX;
    }

    void start(Instant now, Query query, List<Action> actions) {
        running.put(query.id(), query);
        advance(now, query, actions);
    }

    /// A peer answered with what it was asked for, as it says.
    ///
    /// @param over the remote end of the connection that the answer came over
    void answered(
            Instant now,
            Query query,
            Candidate from,
            KadMessage answer,
            Multiaddr over,
            List<Action> actions) {
        query.lookup().answered(from, answer.closer());
        if (query.kind() == Kind.FIND_PROVIDERS) {
            query.offers().add(now, from.peer(), over, answer.providers());
        }
        query.answered(from, answer, validators, now);
        advance(now, query, actions);
    }

    void failed(Instant now, Query query, Candidate candidate, List<Action> actions) {
        query.lookup().failed(candidate);
        advance(now, query, actions);
    }

    void written(Instant now, Query query, boolean taken, List<Action> actions) {
        query.written(taken);
        advance(now, query, actions);
    }

    private void advance(Instant now, Query query, List<Action> actions) {
        if (!running.containsKey(query.id())) {
            return; // Over; this came late.
        }
        if (!query.isWriting()) {
            if (!query.isSatisfied(now)) {
                askOn(now, query, actions);
            }
            if (query.isSatisfied(now) || query.lookup().isDone()) {
                conclude(now, query, actions);
            }
        }
        if (query.isWriting() && query.isWritten()) {
            end(now, query, actions);
        }
    }

    private void askOn(Instant now, Query query, List<Action> actions) {
        var lookup = query.lookup();
        KadMessage request = null;
        for (var next = lookup.next(); next != null; next = lookup.next()) {
            request = request == null ? query.request() : request;
            asks.ask(now, next.peer(), request, new Purpose.Step(query, next), actions);
        }
    }

    /// The look-up is over; now for what it was made for.
    private void conclude(Instant now, Query query, List<Action> actions) {
        switch (query.kind()) {
            case PUT -> store(now, query, actions);
            case PROVIDE -> provide(query, actions);
            case GET -> correct(now, query, actions);
            case FIND_PEER, FIND_NODE, FIND_PROVIDERS, REFRESH, REFRESH_BUCKET -> query.writing(0);
        }
    }

    private void store(Instant now, Query query, List<Action> actions) {
        var value = query.value();
        var nearest = query.lookup().answered(KademliaConfig.K);
        query.writing(nearest.size());
        if (value != null) {
            var message = KadMessage.putValue(new KadRecord(query.key(), value));
            for (var candidate : nearest) {
                asks.ask(now, candidate.peer(), message, new Purpose.Write(query), actions);
            }
        }
    }

    private void provide(Query query, List<Action> actions) {
        var nearest = query.lookup().answered(KademliaConfig.K);
        for (var self : List.copyOf(query.providers())) {
            var message = KadMessage.addProvider(query.key(), self);
            nearest.forEach(candidate -> actions.add(new Action.Tell(candidate.peer(), message)));
            query.told(nearest.size());
        }
        query.writing(0);
    }

    private void correct(Instant now, Query query, List<Action> actions) {
        var value = query.value();
        if (value != null) {
            var message = KadMessage.putValue(new KadRecord(query.key(), value));
            for (var peer : query.mistaken()) {
                asks.ask(now, peer, message, new Purpose.Correction(), actions);
            }
        }
        query.writing(0);
    }

    /// Ends what has taken too long, with what it has.
    void tick(Instant now, List<Action> actions) {
        for (var step = asks.slow(now); step != null; step = asks.slow(now)) {
            step.query().lookup().slow(step.candidate());
            advance(now, step.query(), actions);
        }
        for (var query : List.copyOf(running.values())) {
            if (!now.isBefore(query.waitsUntil())) {
                advance(now, query, actions);
            }
        }
        for (var query = overdue(now); query != null; query = overdue(now)) {
            if (!query.isWriting()) {
                conclude(now, query, actions);
            }
            end(now, query, actions);
        }
    }

    private @Nullable Query overdue(Instant now) {
        if (running.isEmpty()) {
            return null;
        }
        var first = running.values().iterator().next();
        return now.isBefore(first.deadline()) ? null : first;
    }

    private void end(Instant now, Query query, List<Action> actions) {
        running.remove(query.id());
        ending.ended(now, query, actions);
    }

    /// When there is something to do, if nobody answers.
    Instant nextTick() {
        if (running.isEmpty()) {
            return Instant.MAX;
        }
        var next = running.values().iterator().next().deadline();
        var slow = asks.nextSlow();
        next = slow.isBefore(next) ? slow : next;
        for (var query : running.values()) {
            var waits = query.waitsUntil();
            next = waits.isBefore(next) ? waits : next;
        }
        return next;
    }
}
