package org.p2prmb.libp2p.relay;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/// Who has a place at a relay and how many circuits are open: says yes or no to each request.
///
/// ```
/// reserve   place (again) until now + ttl     refused: too often, too many, too many of a network
/// leave     no place                          its connection is gone
/// open      one circuit more                  refused: too often, no place, too many circuits,
///                                             too many of one caller or its network to one peer
/// ended     one circuit less
/// ```
@Pure
final class RelayPlaces {
    /// Whoever calls a peer more than twice at a time does it to keep others out.
    private static final int PER_CALLER_MAX = 2;

    /// Callers of one network leave three of four circuits of a peer to others.
    private static final int NETWORK_SHARE = 4;

    private final RelayConfig config;
    private final Map<PeerId, Place> places = new LinkedHashMap<>();
    private final List<Circuit> circuits = new ArrayList<>();

    private final Asked reserving;
    private final Asked connecting;

    /// An open one.
    ///
    /// @param network of the caller; null when that is not counted
    private record Circuit(PeerId from, @Nullable Bytes network, PeerId to) {
        boolean isOf(PeerId peer) {
            return from.equals(peer) || to.equals(peer);
        }
    }

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
        var isTooMany =
                circuits.size() >= config.circuits().max()
                        || isFull(from)
                        || isFull(to)
                        || crowds(from, network, to);
        if (isTooMany) {
            return RelayStatus.RESOURCE_LIMIT_EXCEEDED;
        }
        circuits.add(new Circuit(from, network, to));
        return RelayStatus.OK;
    }

    private boolean isFull(PeerId peer) {
        return count(circuit -> circuit.isOf(peer)) >= config.circuits().perPeerMax();
    }

    /// Whether the caller, or all of its network together, keep others from calling `to`.
    private boolean crowds(PeerId from, @Nullable Bytes network, PeerId to) {
        var perNetworkMax =
                Math.max(PER_CALLER_MAX, config.circuits().perPeerMax() / NETWORK_SHARE);
        return count(open -> open.from().equals(from) && open.to().equals(to)) >= PER_CALLER_MAX
                || network != null
                        && count(open ->
                                Objects.equals(open.network(), network) && open.to().equals(to))
                                >= perNetworkMax;
    }

    private long count(Predicate<Circuit> which) {
        return circuits.stream().filter(which).count();
    }

    /// A circuit that was counted is over.
    void ended(PeerId from, PeerId to) {
        for (var open : circuits) {
            if (open.from().equals(from) && open.to().equals(to)) {
                circuits.remove(open); // And no further: it is one of perhaps two.
                return;
            }
        }
    }

    int reservations() {
        return places.size();
    }

    int circuits() {
        return circuits.size();
    }
}
