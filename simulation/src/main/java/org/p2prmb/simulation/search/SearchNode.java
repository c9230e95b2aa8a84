package org.p2prmb.simulation.search;

import org.p2prmb.discovery.kademlia.Found;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaMachine;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.search.QueryId;
import org.p2prmb.protocols.search.Reputations;
import org.p2prmb.protocols.search.SearchCodec;
import org.p2prmb.protocols.search.SearchMachine;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.search.SearchQuery;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The search's part of one agent: the production machine, and a shell that carries out its actions
/// as the node's shell does, with a [Memory] in place of the contact book.
final class SearchNode implements ProtocolNode {
    /// How long a sign of life is waited for.
    private static final Duration VERIFY_LIMIT = Duration.ofMillis(1_500);

    private static final Duration STREAM_LIMIT = Duration.ofSeconds(10);

    static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final Bytes TAG_PREFIX = Bytes.hex("1220");

    private final World world;
    private final Seat seat;
    private final RandomGenerator random;
    private final SearchMachine machine;
    private final Recollection recollection;
    private final Memory memory;
    private final Map<Long, Asking> asking = new LinkedHashMap<>();
    private final SignsOfLife signs;
    private final Map<Long, Serving> serving = new HashMap<>();
    private final OwnSearches searches;
    private final Map<Long, QueryId> lookups = new HashMap<>();

    /// What has led to all that is known of a query.
    private final Map<QueryId, Chain> chains = new HashMap<>();

    private long lastStream;

    private record Asking(int peer, QueryId id) {}

    private record Serving(int peer, long stream, QueryId id) {}

    /// Our owner wants somebody with this tag.
    ///
    /// @param eclipsed whether its key is surrounded
    record Wanted(int tag, boolean eclipsed) {}

    /// The DHT has answered.
    record Provided(long queryId, Found found) {}

    private record TooLate(long stream) {}

    private record NoSign(long stream) {}

    SearchNode(World world, Seat seat) {
        this.world = world;
        this.seat = seat;
        this.searches = new OwnSearches(world);
        this.signs = new SignsOfLife(world);
        this.recollection = new Recollection(world, seat.agent());
        this.memory = recollection.memory();
        this.random = seat.simulation().random(seat.agent()).split();
        this.machine =
                new SearchMachine(
                        world.population().peer(seat.agent()),
                        org.p2prmb.protocols.search.SearchSettings.defaults(),
                        Reputations.NEUTRAL,
                        random);
    }

    int remembered() {
        return memory.size();
    }

    private PeerId id(int agent) {
        return world.population().peer(agent);
    }

    @Override
    public void started(Instant now) {}

    @Override
    public void linkUp(Instant now, int peer) {
        if (world.neighbourhood().contains(seat.agent(), peer)) {
            apply(now, new Event.Connected(id(peer)));
        }
    }

    @Override
    public void linkDown(Instant now, int peer) {
        apply(now, new Event.Disconnected(id(peer)));
        world.neighbourhood().lost(seat.agent(), peer);
        failAll(now, peer);
    }

    @Override
    public void unreachable(Instant now, int peer) {
        world.neighbourhood().lost(seat.agent(), peer);
        failAll(now, peer);
    }

    private void failAll(Instant now, int peer) {
        var failed = new ArrayList<Long>();
        asking.forEach((stream, asked) -> {
            if (asked.peer() == peer) {
                failed.add(stream);
            }
        });
        failed.forEach(stream -> ended(now, stream));
    }

    private void ended(Instant now, long stream) {
        var asked = asking.remove(stream);
        if (asked != null) {
            apply(now, new Event.Ended(id(asked.peer()), asked.id()));
        }
    }

    @Override
    public void received(Instant now, int peer, byte[] bytes) {
        var frame = Frame.decode(bytes);
        try {
            switch (frame.kind()) {
                case QUERY -> asked(now, peer, frame);
                case ANSWER, LAST_ANSWER -> answered(now, peer, frame);
                case PING -> answer(peer, Frame.Kind.PONG, frame, Bytes.EMPTY);
                case PONG -> ponged(now, frame);
                case FILTER -> {
                    world.ledger().background(frame.body().size());
                    var update = SearchCodec.decodeFilter(frame.body());
                    apply(now, new Event.FilterHeard(id(peer), update));
                }
                case REMEMBER -> {
                    var record = world.open(frame.body());
                    if (!record.record().isExpired(now)) {
                        recollection.remember(record, false, now);
                    }
                    answer(peer, Frame.Kind.REMEMBERED, frame, Bytes.EMPTY);
                }
                case REMEMBERED -> {}
            }
        } catch (ProtocolException e) {
            if (world.conduct(peer) == Conduct.HONEST) {
                throw new Violation("an honest agent sent what is no message: " + e.getMessage());
            }
        }
    }

    private void asked(Instant now, int peer, Frame frame) throws ProtocolException {
        var query = SearchCodec.decodeQuery(frame.body());
        if (world.conduct(seat.agent()) == Conduct.SILENT
                || world.conduct(seat.agent()) == Conduct.ECLIPSING) {
            return;
        }
        if (world.conduct(seat.agent()) == Conduct.LYING) {
            var lie = Lies.about(world, seat.agent(), query, random);
            answer(peer, Frame.Kind.LAST_ANSWER, frame, lie);
            return;
        }
        long askId = world.nextId();
        serving.put(askId, new Serving(peer, frame.stream(), query.id()));
        chains.putIfAbsent(query.id(), frame.chain());
        apply(now, new Event.Asked(askId, id(peer), query));
    }

    private void answered(Instant now, int peer, Frame frame) throws ProtocolException {
        var asked = asking.get(frame.stream());
        if (asked == null || asked.peer() != peer) {
            return; // Too late.
        }
        chains.computeIfPresent(asked.id(), (_, known) -> known.longer(frame.chain()));
        var answer = SearchCodec.decodeAnswer(frame.body(), world::open);
        apply(now, new Event.Answered(id(peer), answer));
        if (frame.kind() == Frame.Kind.LAST_ANSWER) {
            ended(now, frame.stream());
        }
    }

    private void ponged(Instant now, Frame frame) {
        signs.over(frame.stream())
                .ifPresent(ping -> {
                    memory.proved(ping.agent(), now);
                    chains.computeIfPresent(ping.id(), (_, known) -> known.longer(frame.chain()));
                    signed(now, ping, true);
                });
    }

    private void signed(Instant now, SignsOfLife.Pinging ping, boolean alive) {
        if (!alive) {
            recollection.forget(ping.agent());
        }
        signs.heard(ping, alive).ifPresent(event -> apply(now, event));
    }

    @Override
    public void occurred(Instant now, Object event) {
        switch (event) {
            case Wanted wanted -> seek(now, wanted);
            case Provided provided -> provided(now, provided);
            case TooLate(var stream) -> ended(now, stream);
            case NoSign(var stream) ->
                    signs.over(stream).ifPresent(ping -> signed(now, ping, false));
            case DeathNotices.Notice(var dead) -> {
                if (memory.isHot(dead)) {
                    memory.forget(dead);
                }
            }
            default -> throw new IllegalStateException("an event of somebody else");
        }
    }

    private void seek(Instant now, Wanted wanted) {
        var query =
                new SearchQuery(
                        QueryId.random(random),
                        SearchCondition.of(Workload.name(wanted.tag())),
                        SearchQuery.HOPS_MAX,
                        1,
                        PATIENCE);
        long askId = world.nextId();
        searches.begin(askId, query.id(), wanted.eclipsed());
        chains.put(query.id(), Chain.NONE);
        apply(now, new Event.Sought(askId, query));
    }

    private void provided(Instant now, Provided provided) {
        var id = lookups.remove(provided.queryId());
        if (id == null) {
            return; // We said what we provide.
        }
        var effort = provided.found().effort();
        // An answer for each request is the most there can be.
        world.ledger().messages("dht", 2 * effort.messages());
        chains.computeIfPresent(id, (_, known) -> known.lookedUp(effort.depth()));
        var providers = provided.found().providers().stream().map(KadPeer::id).toList();
        apply(now, new Event.Provided(id, providers));
    }

    @Override
    public void tick(Instant now) {
        perform(now, machine.tick(now));
    }

    @Override
    public Instant nextTick() {
        return machine.nextTick();
    }

    private void apply(Instant now, Event event) {
        perform(now, machine.on(now, event));
    }

    private void perform(Instant now, List<Action> actions) {
        for (var action : actions) {
            perform(now, action);
        }
    }

    private void perform(Instant now, Action action) {
        switch (action) {
            case Action.Lookup act -> look(now, act);
            case Action.Ask act -> ask(act);
            case Action.Reply act -> reply(act);
            case Action.Verify(var id, var record, _) -> {
                int agent = world.number(record.peer());
                searches.probes(id, agent);
                ping(agent, id, false);
            }
            case Action.FindProviders(var id, var tagKey, var max) -> {
                searches.asksDht(id);
                long query = world.nextId();
                lookups.put(query, id);
                world.ledger().dhtLookup();
                var find =
                        new KademliaMachine.Event.FindProviders(
                                query, TAG_PREFIX.concat(tagKey), max);
                seat.simulation().after(seat.agent(), World.KADEMLIA, Duration.ZERO, find);
            }
            case Action.Remember act ->
                    act.records()
                            .forEach(record -> recollection.remember(record, act.forOwner(), now));
            case Action.Introduce(var to, var own, _) ->
                    send(world.number(to), Frame.Kind.REMEMBER, 0, Chain.NONE, own.envelope());
            case Action.CollectTags() -> apply(now, new Event.Tags(recollection.tagKeys()));
            case Action.SendFilter(var to, var update) -> {
                var encoded = SearchCodec.encode(update);
                if (world.conduct(seat.agent()) == Conduct.LYING) {
                    encoded = Lies.filter(update.version());
                }
                world.ledger().background(encoded.size());
                send(world.number(to), Frame.Kind.FILTER, 0, Chain.NONE, encoded);
            }
        }
    }

    private void look(Instant now, Action.Lookup act) {
        var self = world.record(seat.agent());
        var own = act.condition().matches(self.record()) ? List.of(self) : List.<SignedContact>of();
        var known = memory.withTag(act.condition().tag(), now);
        var living = new ArrayList<SignedContact>();
        var silent = new ArrayList<Integer>();
        for (var contact : known) {
            if (contact.verified() || !act.living()) {
                living.add(contact.record());
            } else {
                silent.add(contact.agent());
            }
        }
        int waits = Math.clamp(act.max() - living.size() - own.size(), 0, silent.size());
        if (waits == 0) {
            apply(now, new Event.Found(act.id(), own, living));
            return;
        }
        signs.awaits(act.id(), own, living, waits);
        silent.subList(0, waits).forEach(agent -> ping(agent, act.id(), true));
    }

    private void ping(int agent, QueryId id, boolean lookup) {
        long stream = ++lastStream;
        signs.pinged(stream, new SignsOfLife.Pinging(agent, id, lookup));
        seat.after(VERIFY_LIMIT, new NoSign(stream));
        send(agent, Frame.Kind.PING, stream, chain(id, agent), Bytes.EMPTY);
    }

    /// What leads to a frame that is sent to that agent now.
    private Chain chain(QueryId id, int agent) {
        return chains.getOrDefault(id, Chain.NONE).next(seat.isLinked(agent));
    }

    private void ask(Action.Ask act) {
        int to = world.number(act.to());
        var query = act.query();
        searches.asks(query);
        long stream = ++lastStream;
        asking.put(stream, new Asking(to, query.id()));
        seat.after(STREAM_LIMIT, new TooLate(stream));
        var encoded = SearchCodec.encode(query);
        send(to, Frame.Kind.QUERY, stream, chain(query.id(), to), encoded);
    }

    private void reply(Action.Reply act) {
        var own = searches.query(act.askId());
        if (own.isPresent()) {
            searches.replied(act, chains.getOrDefault(own.get(), Chain.NONE));
            if (act.last()) {
                chains.remove(own.get());
            }
            return;
        }
        var asker = act.last() ? serving.remove(act.askId()) : serving.get(act.askId());
        if (asker != null) {
            var chain = chain(asker.id(), asker.peer());
            var kind = act.last() ? Frame.Kind.LAST_ANSWER : Frame.Kind.ANSWER;
            send(asker.peer(), kind, asker.stream(), chain, SearchCodec.encode(act.answer()));
            if (act.last() && !act.answer().repeated()) {
                chains.remove(asker.id());
            }
        }
    }

    private void answer(int to, Frame.Kind kind, Frame question, Bytes body) {
        send(to, kind, question.stream(), question.chain().next(true), body);
    }

    private void send(int to, Frame.Kind kind, long stream, Chain chain, Bytes body) {
        if (kind != Frame.Kind.FILTER) {
            world.ledger().messages(kind.name().toLowerCase(Locale.ROOT), 1);
        }
        seat.send(to, new Frame(kind, stream, chain, body).encode());
    }
}
