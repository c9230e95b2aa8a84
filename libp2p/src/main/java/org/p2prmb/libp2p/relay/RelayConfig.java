package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.Set;

/// What a relay gives away.
///
/// @param exemptLoopback whether loopback addresses are free of the limits per network
/// @param patience for one request and its answer; longer lets a silent peer hold a thread longer
public record RelayConfig(
        Places places,
        Circuits circuits,
        Own own,
        Requests requests,
        boolean exemptLoopback,
        Duration patience) {
    static final int OWN_MAX = 64;

    /// Reservations of strangers; each keeps a connection open.
    ///
    /// @param max of all together
    /// @param perNetworkMax of one IPv4 address or IPv6 /56; more lets one stranger with many
    ///     identities take more of them
    /// @param ttl how long one is kept without being asked for again
    public record Places(int max, int perNetworkMax, Duration ttl) {
        public Places {
            require(max >= 0 && perNetworkMax >= 1 && ttl.isPositive(), "places");
        }
    }

    /// Open circuits; each costs two threads and 16 KiB.
    ///
    /// @param max of all together
    /// @param perPeerMax of one peer, to it and from it
    /// @param limit of each to a stranger
    public record Circuits(int max, int perPeerMax, CircuitLimit limit) {
        public Circuits {
            require(max >= 1 && perPeerMax >= 1, "circuits");
        }
    }

    /// Peers of the relay's owner, at most 64: they always find a place.
    ///
    /// @param only whether nobody else may reserve
    /// @param limit of each circuit to one of them
    public record Own(Set<PeerId> peers, boolean only, CircuitLimit limit) {
        public Own {
            peers = Set.copyOf(peers);
            require(peers.size() <= OWN_MAX, "own peers");
        }

        boolean isOwn(PeerId peer) {
            return peers.contains(peer);
        }
    }

    /// How often somebody may ask; reservations and circuits are counted apart.
    ///
    /// @param perPeer how many requests of one peer are answered at once
    /// @param peerInterval after which each peer has one request more
    /// @param perNetwork as `perPeer`, for an IPv4 address or IPv6 /56
    /// @param networkInterval as `peerInterval`, for an IPv4 address or IPv6 /56
    public record Requests(
            int perPeer, Duration peerInterval, int perNetwork, Duration networkInterval) {
        <K> TokenBuckets<K> ofPeers() {
            return new TokenBuckets<>(peerInterval, perPeer);
        }

        <K> TokenBuckets<K> ofNetworks() {
            return new TokenBuckets<>(networkInterval, perNetwork);
        }
    }

    public RelayConfig {
        require(patience.isPositive(), "patience");
    }

    private static void require(boolean fits, String what) {
        if (!fits) {
            throw new IllegalArgumentException("a relay with such " + what);
        }
    }

    public static RelayConfig defaults() {
        return new RelayConfig(
                new Places(128, 8, Duration.ofHours(1)),
                new Circuits(256, 16, new CircuitLimit(Duration.ofMinutes(2), 128 << 10)),
                new Own(Set.of(), false, new CircuitLimit(Duration.ofMinutes(30), 16 << 20)),
                new Requests(30, Duration.ofMinutes(2), 60, Duration.ofMinutes(1)),
                true,
                Duration.ofSeconds(30));
    }

    public RelayConfig withPlaces(Places changed) {
        return new RelayConfig(changed, circuits, own, requests, exemptLoopback, patience);
    }

    public RelayConfig withCircuits(Circuits changed) {
        return new RelayConfig(places, changed, own, requests, exemptLoopback, patience);
    }

    public RelayConfig withOwn(Own changed) {
        return new RelayConfig(places, circuits, changed, requests, exemptLoopback, patience);
    }

    public RelayConfig withExemptLoopback(boolean changed) {
        return new RelayConfig(places, circuits, own, requests, changed, patience);
    }

    public RelayConfig withPatience(Duration changed) {
        return new RelayConfig(places, circuits, own, requests, exemptLoopback, changed);
    }

    /// The limit of circuits to `peer`.
    CircuitLimit limit(PeerId peer) {
        return own.isOwn(peer) ? own.limit() : circuits.limit();
    }
}
