package org.p2prmb.discovery.kademlia;

import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Answers the requests of others from the table and the stores.
@Pure
final class Responder {
    private final RoutingTable table;
    private final Map<Bytes, KadPeer> connected;
    private final RecordStore records;
    private final ProviderStore providers;

    /// @param connected by multihash, whom we have a connection with, servers or not
    Responder(RoutingTable table, Map<Bytes, KadPeer> connected, Custody custody) {
        this.table = table;
        this.connected = connected;
        this.records = custody.records();
        this.providers = custody.providers();
    }

    void answer(Instant now, Event.Request asked, List<Action> actions) {
        var from = asked.from();
        var request = asked.message();
        var answer =
                switch (request.type()) {
                    case PING -> request;
                    case FIND_NODE -> nodes(from, request);
                    case GET_VALUE ->
                            request.answeredWith(
                                    records.find(request.key(), now),
                                    nearest(from, request),
                                    List.of());
                    case GET_PROVIDERS ->
                            request.answeredWith(
                                    Optional.empty(),
                                    nearest(from, request),
                                    providers.find(request.key(), KademliaConfig.K, now));
                    case PUT_VALUE -> {
                        put(now, asked, actions);
                        yield null;
                    }
                    case ADD_PROVIDER -> {
                        addProvider(now, asked, actions);
                        yield null;
                    }
                };
        if (answer != null) {
            actions.add(new Action.Reply(asked.token(), answer));
        }
    }

    private void put(Instant now, Event.Request asked, List<Action> actions) {
        var request = asked.message();
        long token = asked.token();
        var record = request.record();
        if (record.isEmpty() || !record.get().key().equals(request.key())) {
            actions.add(new Action.Refuse(token, "a value without its key"));
            return;
        }
        var outcome = records.put(asked.from(), record.get(), now);
        actions.add(
                outcome == RecordStore.Outcome.STORED
                        ? new Action.Reply(token, request)
                        : new Action.Refuse(token, "value not stored: " + outcome));
    }

    private void addProvider(Instant now, Event.Request asked, List<Action> actions) {
        var request = asked.message();
        long token = asked.token();
        for (var provider : request.providers()) {
            // Nobody speaks for another.
            if (provider.id().equals(asked.from())) {
                if (!providers.add(request.key(), provider, IpGroup.of(asked.over()), now)) {
                    actions.add(new Action.Refuse(token, "no room for a provider"));
                }
                return;
            }
        }
        actions.add(new Action.Refuse(token, "a provider that is not the sender"));
    }

    private KadMessage nodes(PeerId from, KadMessage request) {
        var nearest = nearest(from, request);
        var wanted = connectedPeer(request.key());
        if (wanted.isPresent()
                && !wanted.get().id().equals(from)
                && nearest.stream().noneMatch(peer -> peer.id().equals(wanted.get().id()))) {
            nearest.addFirst(wanted.get());
        }
        return request.answeredWith(Optional.empty(), nearest, List.of());
    }

    /// The peer of that id, a client too: it is in no table, and who looks for it wants it.
    private Optional<KadPeer> connectedPeer(Bytes key) {
        return Optional.ofNullable(connected.get(key)).filter(peer -> !peer.addresses().isEmpty());
    }

    /// Never the asker itself; nor us, who stand in no table of our own.
    private List<KadPeer> nearest(PeerId from, KadMessage request) {
        var nearest = table.closest(Key.of(request.key()), KademliaConfig.K + 1, true);
        for (int index = nearest.size() - 1; index >= 0; index--) {
            if (nearest.get(index).id().equals(from)) {
                nearest.remove(index);
            }
        }
        if (nearest.size() > KademliaConfig.K) {
            nearest.removeLast();
        }
        return nearest;
    }
}
