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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// Runs a [SearchMachine] on its loop: takes queries from peers and from our owner, and acts on
/// the network for it, each action on a virtual thread of its own. Safe for many threads.
public final class SearchService
        implements SearchServer.Responder, FilterServer.Listener, AutoCloseable {
    private static final int INBOX_MAX = 4096;

    /// Each result alone, and the end.
    private static final int PARTS_MAX = SearchQuery.RESULTS_MAX + 2;

    /// What the loop may be late by.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(SearchService.class);

    private final Loop<Event, Action> loop;
    private final ContactLookup lookup;
    private final ContactIntake intake;
    private final ContactsClient contacts;
    private final SearchNetwork network;
    private final RandomGenerator random;
    private final AtomicLong askIds = new AtomicLong();
    private final Map<Long, BlockingQueue<Action.Reply>> waiting = new ConcurrentHashMap<>();

    /// @param random unpredictable, since it makes the query ids
    /// @param died hears of a failure of our own that ended the service
    public SearchService(
            PeerId self,
            SearchSettings settings,
            Reputations reputations,
            ContactLookup lookup,
            ContactIntake intake,
            ContactsClient contacts,
            SearchNetwork network,
            InstantSource clock,
            RandomGenerator random,
            Consumer<Throwable> died) {
        this.lookup = lookup;
        this.intake = intake;
        this.contacts = contacts;
        this.network = network;
        this.random = random;
        this.loop =
                Loop.start(
                        "search",
                        new SearchMachine(self, settings, reputations, random),
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

    /// What we offer has changed: the neighbours are told.
    public void tagsChanged() {
        start(this::collectTags);
    }

    @Override
    public void heard(PeerId from, FilterUpdate update) {
        // One that is lost is made good by the next whole one.
        loop.offer(new Event.FilterHeard(from, update));
    }

    /// Searches for our owner, at most `hops` agents far on each way; waits at most `patience` and
    /// a little.
    ///
    /// @param live hears of each result as soon as it is there
    /// @return all results, and what it took
    public SearchAnswer find(
            SearchCondition condition,
            int hops,
            int resultsMax,
            Duration patience,
            Consumer<SignedContact> live)
            throws InterruptedException {
        var query = new SearchQuery(QueryId.random(random), condition, hops, resultsMax, patience);
        var found = new ArrayList<SignedContact>();
        var last = new AtomicReference<>(SearchAnswer.nothing(query.id()));
        try {
            follow(
                    query,
                    askId -> new Event.Sought(askId, query),
                    part -> {
                        last.set(part);
                        found.addAll(part.records());
                        part.records().forEach(live);
                    });
        } catch (IOException e) {
            throw new IllegalStateException("nobody writes here", e);
        }
        var end = last.get();
        return new SearchAnswer(query.id(), found, end.agentsAsked(), end.hops(), 0, false);
    }

    @Override
    public void answer(PeerId from, SearchQuery query, SearchServer.Parts parts)
            throws IOException, InterruptedException {
        follow(query, askId -> new Event.Asked(askId, from, query), parts);
    }

    private void follow(SearchQuery query, LongFunction<Event> asked, SearchServer.Parts parts)
            throws IOException, InterruptedException {
        var askId = askIds.incrementAndGet();
        var replies = new LinkedBlockingQueue<Action.Reply>(PARTS_MAX);
        waiting.put(askId, replies);
        try {
            if (!loop.offer(asked.apply(askId))) {
                parts.give(SearchAnswer.refused(query));
                return;
            }
            var end = System.nanoTime() + query.patience().plus(GRACE).toNanos();
            var last = false;
            while (!last) {
                var reply = replies.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (reply == null) {
                    return; // The loop is late, or closed.
                }
                parts.give(reply.answer());
                last = reply.last();
            }
        } finally {
            waiting.remove(askId);
            loop.offer(new Event.Abandoned(askId));
        }
    }

    private void perform(Action action) {
        switch (action) {
            case Action.Reply act -> reply(act);
            case Action.Lookup act -> start(() -> look(act));
            case Action.Ask act -> start(() -> ask(act));
            case Action.Verify act -> start(() -> verify(act));
            case Action.FindProviders act -> start(() -> findProviders(act));
            case Action.Remember act -> remember(act);
            case Action.Introduce act -> start(() -> introduce(act));
            case Action.CollectTags() -> start(this::collectTags);
            case Action.SendFilter act -> start(() -> sendFilter(act));
        }
    }

    private void reply(Action.Reply reply) {
        var asker = waiting.get(reply.askId());
        if (asker != null) {
            asker.offer(reply); // There is room for all parts of an answer.
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
        var own = lookup.own(act.condition()).stream().toList();
        var cached = lookup.find(act.condition(), act.max(), act.living());
        loop.put(new Event.Found(act.id(), own, cached));
    }

    private void ask(Action.Ask act) throws InterruptedException {
        var to = act.to();
        try {
            var open = network.connection(to);
            var connection = open.isPresent() ? open : network.reach(to);
            if (connection.isPresent()) {
                SearchClient.ask(
                        connection.get(),
                        act.query(),
                        part -> loop.put(new Event.Answered(to, part)));
            }
        } catch (IOException e) {
            log.debug("{} did not answer a search", to.shortText(), e);
        } finally {
            loop.put(new Event.Ended(to, act.query().id()));
        }
    }

    private void verify(Action.Verify act) throws InterruptedException {
        var alive = network.isAlive(act.record(), act.toldBy());
        loop.put(new Event.Verified(act.id(), act.record().peer(), alive));
    }

    private void findProviders(Action.FindProviders act) throws InterruptedException {
        var found = network.providers(act.tagKey(), act.max());
        loop.put(new Event.Provided(act.id(), found));
    }

    private void remember(Action.Remember act) {
        var told = network.connection(act.toldBy());
        if (act.forOwner()) {
            network.found(act.records().stream().map(SignedContact::peer).toList());
        }
        told.ifPresent(connection -> intake.learn(act.records(), act.conditionKey(), connection));
    }

    private void introduce(Action.Introduce act) {
        network.connection(act.to())
                .ifPresent(connection -> introduce(connection, act.own(), act.conditionKey()));
    }

    private void introduce(Connection connection, SignedContact own, Bytes conditionKey) {
        try {
            contacts.remember(connection, List.of(own), conditionKey);
        } catch (IOException e) {
            log.debug("{} does not remember us", connection.remotePeer().shortText(), e);
        }
    }

    private void collectTags() throws InterruptedException {
        var keys = network.tags().stream().map(SearchCondition::tagKey).toList();
        loop.put(new Event.Tags(keys));
    }

    private void sendFilter(Action.SendFilter act) {
        var connection = network.connection(act.to());
        try {
            if (connection.isPresent()) {
                SearchClient.tell(connection.get(), act.update());
            }
        } catch (IOException e) {
            log.debug("{} was not told of our filter", act.to().shortText(), e);
        }
    }

    /// Ends the loop; who waits for an answer gets none in time.
    @Override
    public void close() {
        loop.close();
    }
}
