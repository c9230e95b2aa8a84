package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Runs a [SearchMachine] on its loop: takes queries from peers and from our owner, and acts on
/// the network for it, each action on a virtual thread of its own. Safe for many threads.
public final class SearchService implements SearchServer.Responder, AutoCloseable {
    private static final int INBOX_MAX = 4096;

    /// What the loop may be late by.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(SearchService.class);

    private final Loop<Event, Action> loop;
    private final ContactLookup lookup;
    private final ContactIntake intake;
    private final ContactsClient contacts;
    private final Function<PeerId, Optional<Connection>> connections;
    private final RandomGenerator random;
    private final AtomicLong askIds = new AtomicLong();
    private final Map<Long, CompletableFuture<SearchAnswer>> waiting = new ConcurrentHashMap<>();

    /// @param connections an open connection to a peer, if there is one
    /// @param random unpredictable, since it makes the query ids
    /// @param died hears of a failure of our own that ended the service
    public SearchService(
            PeerId self,
            SearchSettings settings,
            ContactLookup lookup,
            ContactIntake intake,
            ContactsClient contacts,
            Function<PeerId, Optional<Connection>> connections,
            InstantSource clock,
            RandomGenerator random,
            Consumer<Throwable> died) {
        this.lookup = lookup;
        this.intake = intake;
        this.contacts = contacts;
        this.connections = connections;
        this.random = random;
        this.loop =
                Loop.start(
                        "search",
                        new SearchMachine(self, settings, random),
                        clock,
                        INBOX_MAX,
                        this::perform,
                        died);
    }

    /// A neighbour that queries may be forwarded to.
    public void connected(PeerId peer) throws InterruptedException {
        loop.put(new Event.Connected(peer));
    }

    public void disconnected(PeerId peer) throws InterruptedException {
        loop.put(new Event.Disconnected(peer));
    }

    /// Searches for our owner; waits at most `patience` and a little.
    public SearchAnswer find(SearchCondition condition, int resultsMax, Duration patience)
            throws InterruptedException {
        return find(condition, SearchQuery.HOPS_MAX, resultsMax, patience);
    }

    /// Searches for our owner, at most `hops` agents far.
    public SearchAnswer find(SearchCondition condition, int hops, int resultsMax, Duration patience)
            throws InterruptedException {
        var query = new SearchQuery(QueryId.random(random), condition, hops, resultsMax, patience);
        return ask(Optional.empty(), query);
    }

    @Override
    public SearchAnswer answer(PeerId from, SearchQuery query) throws InterruptedException {
        return ask(Optional.of(from), query);
    }

    private SearchAnswer ask(Optional<PeerId> from, SearchQuery query) throws InterruptedException {
        var askId = askIds.incrementAndGet();
        var answer = new CompletableFuture<SearchAnswer>();
        waiting.put(askId, answer);
        try {
            if (!loop.offer(new Event.Asked(askId, from, query))) {
                return SearchAnswer.nothing(query.id());
            }
            return answer.get(query.patience().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return SearchAnswer.nothing(query.id());
        } catch (ExecutionException e) {
            throw new IllegalStateException("the search failed", e.getCause());
        } finally {
            waiting.remove(askId);
        }
    }

    private void perform(Action action) {
        switch (action) {
            case Action.Reply(var askId, var answer) -> reply(askId, answer);
            case Action.Lookup act -> start(() -> look(act));
            case Action.Ask act -> start(() -> ask(act));
            case Action.Remember act -> start(() -> remember(act));
            case Action.Introduce act -> start(() -> introduce(act));
        }
    }

    private void reply(long askId, SearchAnswer answer) {
        var asker = waiting.get(askId);
        if (asker != null) {
            asker.complete(answer);
        }
    }

    @FunctionalInterface
    private interface Act {
        void run() throws InterruptedException;
    }

    private static void start(Act act) {
        Thread.ofVirtual()
                .name("search act")
                .start(() -> {
                    try {
                        act.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // Closing: the act is over.
                    }
                });
    }

    private void look(Action.Lookup act) throws InterruptedException {
        loop.put(new Event.Found(act.id(), lookup.find(act.condition(), act.max())));
    }

    private void ask(Action.Ask act) throws InterruptedException {
        loop.put(asked(act));
    }

    private Event asked(Action.Ask act) {
        var failed = new Event.Failed(act.to(), act.query().id());
        var connection = connections.apply(act.to());
        if (connection.isEmpty()) {
            return failed;
        }
        try {
            return new Event.Answered(act.to(), SearchClient.ask(connection.get(), act.query()));
        } catch (IOException e) {
            log.debug("{} did not answer a search", act.to().shortText(), e);
            return failed;
        }
    }

    private void remember(Action.Remember act) {
        connections
                .apply(act.toldBy())
                .ifPresent(
                        connection -> intake.learn(act.records(), act.conditionKey(), connection));
    }

    private void introduce(Action.Introduce act) {
        connections
                .apply(act.to())
                .ifPresent(connection -> introduce(connection, act.own(), act.conditionKey()));
    }

    private void introduce(Connection connection, SignedContact own, Bytes conditionKey) {
        try {
            contacts.remember(connection, List.of(own), conditionKey);
        } catch (IOException e) {
            log.debug("{} does not remember us", connection.remotePeer().shortText(), e);
        }
    }

    /// Ends the loop; who waits for an answer gets none in time.
    @Override
    public void close() {
        loop.close();
    }
}
