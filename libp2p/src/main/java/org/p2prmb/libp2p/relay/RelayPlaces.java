package org.p2prmb.libp2p.relay;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Who has a place at a relay and how many circuits are open: says yes or no to each request.
///
/// ```
/// reserve   place (again) until now + ttl     refused: too often, too many, too many of a network
/// leave     no place                          its connection is gone
/// open      one circuit more                  refused: too often, no place, too many circuits
/// ended     one circuit less
/// ```
@Pure
final class RelayPlaces {
    private final RelayConfig config;
    private final Map<PeerId, Place> places = new LinkedHashMap<>();

    /// Open circuits of each peer, to it or from it; bounded by the circuits.
    private final Map<PeerId, Integer> circuits = new HashMap<>();

    private final Asked reserving;
    private final Asked connecting;
    private int open;

    /// @param network from which it was reserved; null when that is not counted
    private record Place(Instant expires, @Nullable Bytes network) {}

    /// How often everybody may ask for one thing.
    private static final class Asked {
        private final TokenBuckets<PeerId> peers;
        private final TokenBuckets<Bytes> networks;

        Asked(RelayConfig config) {
            this.peers = config.requests().ofPeers();
            this.networks = config.requests().ofNetworks();
        }

        boolean take(Instant now, PeerId peer, @Nullable Bytes network) {
            return peers.take(peer, now) && (network == null || networks.take(network, now));
        }
    }

    RelayPlaces(RelayConfig config) {
        this.config = config;
        this.reserving = new Asked(config);
        this.connecting = new Asked(config);
    }

    /// Gives `peer` a place, or keeps the one that it has, if the answer is OK.
    ///
    /// @param network that it asks from; null when that is not counted
    RelayStatus reserve(Instant now, PeerId peer, @Nullable Bytes network) {
        var own = config.own().isOwn(peer);
        if (config.own().only() && !own) {
            return RelayStatus.PERMISSION_DENIED;
        }
        if (!reserving.take(now, peer, network)) {
            return RelayStatus.RESOURCE_LIMIT_EXCEEDED;
        }
        places.values().removeIf(place -> !now.isBefore(place.expires()));
        if (!own && !places.containsKey(peer)) {
            var strangers = places.keySet().stream().filter(p -> !config.own().isOwn(p)).count();
            if (strangers >= config.places().max()) {
                return RelayStatus.RESERVATION_REFUSED;
            }
        }
        if (!own && network != null && taken(network, peer) >= config.places().perNetworkMax()) {
            return RelayStatus.RESERVATION_REFUSED;
        }
        places.put(peer, new Place(now.plus(config.places().ttl()), network));
        return RelayStatus.OK;
    }

    private long taken(Bytes network, PeerId besides) {
        return places.entrySet().stream()
                .filter(place -> !place.getKey().equals(besides))
                .filter(place -> Objects.equals(place.getValue().network(), network))
                .count();
    }

    boolean holds(PeerId peer) {
        return places.containsKey(peer);
    }

    void leave(PeerId peer) {
        places.remove(peer);
    }

    /// Counts a circuit if the answer is OK.
    RelayStatus open(Instant now, PeerId from, @Nullable Bytes network, PeerId to) {
        if (!connecting.take(now, from, network)) {
            return RelayStatus.RESOURCE_LIMIT_EXCEEDED;
        }
        var place = places.get(to);
        if (place == null || !now.isBefore(place.expires())) {
            return RelayStatus.NO_RESERVATION;
        }
        if (open >= config.circuits().max() || isFull(from) || isFull(to)) {
            return RelayStatus.RESOURCE_LIMIT_EXCEEDED;
        }
        open++;
        circuits.merge(from, 1, Integer::sum);
        circuits.merge(to, 1, Integer::sum);
        return RelayStatus.OK;
    }

    private boolean isFull(PeerId peer) {
        return circuits.getOrDefault(peer, 0) >= config.circuits().perPeerMax();
    }

    /// A circuit that was counted is over.
    void ended(PeerId from, PeerId to) {
        open--;
        circuits.computeIfPresent(from, (_, count) -> count == 1 ? null : count - 1);
        circuits.computeIfPresent(to, (_, count) -> count == 1 ? null : count - 1);
    }

    int reservations() {
        return places.size();
    }

    int circuits() {
        return open;
    }
}
