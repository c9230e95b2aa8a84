package org.p2prmb.discovery.kademlia;

import org.p2prmb.discovery.kademlia.Asks.Asked;
import org.p2prmb.discovery.kademlia.Asks.Purpose;
import org.p2prmb.discovery.kademlia.Query.Kind;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// One peer's part of the DHT: its routing table, what it keeps for others, and its own look-ups.
///
/// Each [Action.Ask] is to be followed by [Event.Response] or [Event.Failed] with its number; one
/// that is not counts as failed after [KademliaConfig#requestLimit]. Numbers of queries and tokens
/// of requests are the caller's.
public final class KademliaMachine
        implements Machine<KademliaMachine.Event, KademliaMachine.Action> {
    /// A peer of the table that was silent for this long is asked before a newcomer is refused.
    private static final Duration DOUBTED_AFTER = Duration.ofMinutes(10);

    private static final Duration EXPIRY_INTERVAL = Duration.ofMinutes(10);

    private static final int CHECKS_MAX = 32;
    private static final int CONNECTED_MAX = 4_096;
    private static final int REMEMBERED_MAX = 64;

    private final PeerId self;
    private final Key selfKey;
    private final KademliaConfig config;
    private final RoutingTable table;

    /// By multihash.
    private final Map<Bytes, KadPeer> connected = new HashMap<>();

    private final Custody custody;
    private final Asks asks;
    private final Queries queries;
    private final Refresh refresh;
    private final Responder responder;
    private final Remembering remembering;
    private List<KadPeer> remembered = List.of();
    private KadPeer own;
    private long lastInternalId;
    private Instant nextExpiry = Instant.MAX;

    public KademliaMachine(
            PeerId self, KademliaConfig config, Validators validators, RandomGenerator random) {
        this.self = self;
        this.selfKey = Key.of(self);
        this.config = config;
        this.own = KadPeer.of(self, List.of());
        this.table = new RoutingTable(selfKey, DOUBTED_AFTER, config.exemptLoopback());
        this.custody = new Custody(self, config, validators, random);
        this.asks = new Asks(config.requestLimit());
        this.queries = new Queries(validators, asks, this::ended);
        this.refresh = new Refresh(selfKey, table, config.refreshInterval(), random);
        this.remembering = new Remembering(table);
        this.responder = new Responder(table, connected, custody);
    }

    public sealed interface Event {
        /// @param remembered the peers of the table that an earlier run kept
        record Started(List<KadPeer> remembered) implements Event {
            public Started {
                remembered = List.copyOf(remembered);
            }
        }

        /// We are reached at these addresses from now on.
        record Listening(List<Multiaddr> addresses) implements Event {
            public Listening {
                addresses = List.copyOf(addresses);
            }
        }

        /// A connected peer said what it is.
        ///
        /// @param server whether it serves the protocol
        record PeerSeen(KadPeer peer, boolean server) implements Event {}

        /// The last connection with that peer is gone.
        record PeerLost(PeerId peer) implements Event {}

        /// A peer asks us; answer it with [Action.Reply] or [Action.Refuse], or not at all when
        /// [KadMessage#hasResponse] is false.
        ///
        /// @param over the remote end of the connection that it came over
        record Request(PeerId from, Multiaddr over, KadMessage message, long token)
                implements Event {}

        /// @param over the remote end of the connection that the answer came over
        record Response(long requestId, KadMessage message, Multiaddr over) implements Event {}

        record Failed(long requestId) implements Event {}

        /// Find a peer and its addresses.
        record FindPeer(long queryId, PeerId peer) implements Event {}

        /// Find the peers nearest to a key.
        record FindNode(long queryId, Bytes key) implements Event {}

        /// Find the best value under a key.
        record Get(long queryId, Bytes key) implements Event {}

        /// Store a value on the peers nearest to its key, now and again before it expires there.
        record Put(long queryId, Bytes key, Bytes value) implements Event {}

        /// Tell the peers nearest to a key that we have what it names, now and again before they
        /// forget.
        record Provide(long queryId, Bytes key) implements Event {}

        /// Find those who have what a key names, at most `max`.
        record FindProviders(long queryId, Bytes key, int max) implements Event {}

        /// Publish the value or provide the key no longer; what others keep expires by itself.
        record Withdraw(Bytes key) implements Event {}

        /// We stop: keep the table now.
        record Leave() implements Event {}
    }

    public sealed interface Action {
        /// Send a request, dialling the peer at its addresses when it is not connected.
        record Ask(long requestId, KadPeer to, KadMessage message) implements Action {}

        /// Send a message that has no response.
        record Tell(KadPeer to, KadMessage message) implements Action {}

        record Reply(long token, KadMessage message) implements Action {}

        /// Reset the stream of that request.
        record Refuse(long token, String reason) implements Action {}

        record QueryDone(long queryId, Found found) implements Action {}

        /// These peers stand in the table now.
        record TableChanged(List<KadPeer> peers) implements Action {}

        /// Keep these peers of the table for the next run.
        record Remember(List<KadPeer> peers) implements Action {
            public Remember {
                peers = List.copyOf(peers);
            }
        }
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        var actions = new ArrayList<Action>(4);
        switch (event) {
            case Event.Started(var peers) -> started(now, peers);
            case Event.Listening(var addresses) -> own = own.withAddresses(addresses);
            case Event.PeerSeen(var peer, var server) -> seen(now, peer, server, actions);
            case Event.PeerLost(var peer) -> connected.remove(peer.multihash());
            case Event.Request request -> requested(now, request, actions);
            case Event.Response(var id, var message, var over) ->
                    answered(now, id, message, over, actions);
            case Event.Failed(var id) -> failed(now, id, actions);
            case Event.FindPeer(var id, var peer) ->
                    query(now, id, Kind.FIND_PEER, peer.multihash(), 0, actions);
            case Event.FindNode(var id, var key) -> query(now, id, Kind.FIND_NODE, key, 0, actions);
            case Event.Get(var id, var key) -> query(now, id, Kind.GET, key, 0, actions);
            case Event.Put(var id, var key, var value) -> put(now, id, key, value, actions);
            case Event.Provide(var id, var key) -> provide(now, id, key, actions);
            case Event.FindProviders(var id, var key, var max) ->
                    query(now, id, Kind.FIND_PROVIDERS, key, max, actions);
            case Event.Withdraw(var key) -> custody.publications().remove(key);
            case Event.Leave() -> actions.add(new Action.Remember(table.all()));
        }
        remembering.plan(now, actions);
        return actions;
    }

    private void started(Instant now, List<KadPeer> peers) {
        remembered = peers.subList(0, Math.min(peers.size(), REMEMBERED_MAX));
        refresh.hasten(now);
        nextExpiry = now.plus(EXPIRY_INTERVAL);
    }

    /// A server is asked before it gets into the table: what it says of itself is no proof.
    private void seen(Instant now, KadPeer peer, boolean server, List<Action> actions) {
        if (peer.id().equals(self)) {
            return;
        }
        var id = peer.id().multihash();
        if (connected.size() < CONNECTED_MAX || connected.containsKey(id)) {
            connected.put(id, peer);
        }
        if (!server) {
            table.remove(peer.key());
        } else if (table.find(peer.key()) != null) {
            table.moved(peer);
        } else if (asks.checks() < CHECKS_MAX && table.wants(peer.key(), now)) {
            check(now, peer, actions);
        }
    }

    private void check(Instant now, KadPeer peer, List<Action> actions) {
        var question = KadMessage.findNode(self.multihash());
        asks.ask(now, peer, question, new Purpose.Check(), actions);
    }

    private void requested(Instant now, Event.Request request, List<Action> actions) {
        if (config.server()) {
            responder.answer(now, request, actions);
        } else {
            actions.add(new Action.Refuse(request.token(), "we are a client"));
        }
    }

    private void answered(
            Instant now, long id, KadMessage message, Multiaddr over, List<Action> actions) {
        var asked = asks.take(id);
        if (asked == null) {
            return; // Too late.
        }
        if (message.type() != asked.message().type()) {
            failed(now, asked, actions);
            return;
        }
        admit(now, asked.to(), over, actions);
        switch (asked.purpose()) {
            case Purpose.Step(var query, var candidate) ->
                    queries.answered(now, query, candidate, message, over, actions);
            case Purpose.Write(var query) ->
                    queries.written(now, query, message.echoes(asked.message()), actions);
            case Purpose.Check _ -> table.settled(asked.to().key());
            case Purpose.Correction _ -> {}
        }
    }

    private void admit(Instant now, KadPeer peer, Multiaddr over, List<Action> actions) {
        var before = table.size();
        var doubted = table.answered(peer, IpGroup.of(over), now);
        if (doubted != null) {
            check(now, doubted, actions);
        }
        if (table.size() > before && table.size() <= KademliaConfig.K) {
            refresh.hasten(now);
        }
    }

    private void failed(Instant now, long id, List<Action> actions) {
        var asked = asks.take(id);
        if (asked != null) {
            failed(now, asked, actions);
        }
    }

    private void failed(Instant now, Asked asked, List<Action> actions) {
        table.failed(asked.to().key());
        switch (asked.purpose()) {
            case Purpose.Step(var query, var candidate) ->
                    queries.failed(now, query, candidate, actions);
            case Purpose.Write(var query) -> queries.written(now, query, false, actions);
            case Purpose.Check _, Purpose.Correction _ -> {}
        }
    }

    private void put(Instant now, long id, Bytes key, Bytes value, List<Action> actions) {
        if (custody.publish(key, value, now)) {
            query(now, id, Kind.PUT, key, 0, actions);
        } else {
            actions.add(new Action.QueryDone(id, Found.NOTHING));
        }
    }

    private void provide(Instant now, long id, Bytes key, List<Action> actions) {
        if (custody.provide(key, own, now)) {
            query(now, id, Kind.PROVIDE, key, 1, actions);
        } else {
            actions.add(new Action.QueryDone(id, Found.NOTHING));
        }
    }

    private void query(Instant now, long id, Kind kind, Bytes key, int max, List<Action> actions) {
        if (!queries.hasRoom()) {
            if (id > 0) {
                actions.add(new Action.QueryDone(id, Found.NOTHING));
            }
            return;
        }
        var target = Key.of(key);
        refresh.lookedAt(target, now);
        var paths = kind == Kind.REFRESH_BUCKET ? 1 : config.paths();
        var lookup = new Lookup(selfKey, target, seeds(target), paths, kind.isThorough(), config);
        var value = kind == Kind.GET || kind == Kind.PUT ? custody.value(key, now) : null;
        var deadline = now.plus(config.lookupLimit());
        var query = new Query(id, kind, key, value, Math.max(1, max), lookup, deadline);
        if (kind == Kind.PROVIDE) {
            query.known(now, own);
        } else if (kind == Kind.FIND_PROVIDERS) {
            custody.providersOf(key, max, now).forEach(provider -> query.known(now, provider));
        }
        queries.start(now, query, actions);
    }

    private List<KadPeer> seeds(Key target) {
        var seeds = table.closest(target, KademliaConfig.K, false);
        for (var peer : remembered) {
            if (seeds.size() < KademliaConfig.K && table.find(peer.key()) == null) {
                seeds.add(peer);
            }
        }
        return seeds;
    }

    private void ended(Instant now, Query query, List<Action> actions) {
        switch (query.kind()) {
            case PUT, PROVIDE -> custody.publications().published(query.key(), query.stored(), now);
            case REFRESH -> {
                remembered = table.size() < KademliaConfig.K ? remembered : List.of();
                refresh.foundNeighbours(query.result().closest(), now);
                refreshOn(now, actions);
            }
            case REFRESH_BUCKET -> refreshOn(now, actions);
            case GET -> {
                var best = query.value();
                if (best != null) {
                    custody.correct(query.key(), best, now);
                }
            }
            case FIND_PEER, FIND_NODE, FIND_PROVIDERS -> {}
        }
        if (query.id() > 0) {
            actions.add(new Action.QueryDone(query.id(), query.result()));
        }
    }

    private void refreshOn(Instant now, List<Action> actions) {
        var target = refresh.nextTarget(now);
        if (target != null) {
            internal(now, Kind.REFRESH_BUCKET, target, actions);
        }
    }

    private void internal(Instant now, Kind kind, Bytes key, List<Action> actions) {
        query(now, --lastInternalId, kind, key, 0, actions);
    }

    @Override
    public List<Action> tick(Instant now) {
        var actions = new ArrayList<Action>(4);
        for (var id = asks.overdue(now); id != 0; id = asks.overdue(now)) {
            failed(now, id, actions);
        }
        queries.tick(now, actions);
        if (refresh.begins(now, table.size() == 0 && remembered.isEmpty())) {
            internal(now, Kind.REFRESH, self.multihash(), actions);
        }
        var published = custody.publications();
        for (var due = published.takeDue(now); due != null; due = published.takeDue(now)) {
            internal(now, due.value() == null ? Kind.PROVIDE : Kind.PUT, due.key(), actions);
        }
        if (!now.isBefore(nextExpiry)) {
            nextExpiry = now.plus(EXPIRY_INTERVAL);
            custody.expire(now);
        }
        remembering.plan(now, actions);
        if (remembering.isDue(now)) {
            actions.add(new Action.Remember(table.all()));
        }
        return actions;
    }

    @Override
    public Instant nextTick() {
        var next = earlier(remembering.next(), earlier(nextExpiry, asks.nextDeadline()));
        next = earlier(next, queries.nextTick());
        next = earlier(next, refresh.next());
        return earlier(next, custody.publications().nextDue());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// How many peers stand in the table.
    public int tableSize() {
        return table.size();
    }

    /// The peers that stand in the table, those nearest to us last.
    public List<KadPeer> table() {
        return table.all();
    }
}
