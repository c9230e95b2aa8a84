package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.Set;

/// What a relay gives away.
///
/// @param reservationsMax places for strangers; each keeps a connection open
/// @param reservationsPerNetworkMax of one IPv4 address or IPv6 /56; more lets one stranger with
///     many identities take more of the places
/// @param reservationTtl how long a place is kept without being asked for again
/// @param circuitsMax open circuits together; each costs two threads and 16 KiB
/// @param circuitsPerPeerMax open circuits of one peer, to it and from it
/// @param limit of each circuit to a stranger
/// @param ownLimit of each circuit to one of `own`
/// @param own peers that always find a place and whose circuits have `ownLimit`, at most 64
/// @param ownOnly whether nobody else may reserve
/// @param requestsPerPeer how many requests of one peer are answered at once; reservations and
///     circuits are counted apart
/// @param peerInterval after which each peer has one request more
/// @param requestsPerNetwork as `requestsPerPeer`, for an IPv4 address or IPv6 /56
/// @param networkInterval as `peerInterval`, for an IPv4 address or IPv6 /56
/// @param exemptLoopback whether loopback addresses are free of the limits per network
/// @param patience for one request and its answer; longer lets a silent peer hold a thread longer
public record RelayConfig(
        int reservationsMax,
        int reservationsPerNetworkMax,
        Duration reservationTtl,
        int circuitsMax,
        int circuitsPerPeerMax,
        CircuitLimit limit,
        CircuitLimit ownLimit,
        Set<PeerId> own,
        boolean ownOnly,
        int requestsPerPeer,
        Duration peerInterval,
        int requestsPerNetwork,
        Duration networkInterval,
        boolean exemptLoopback,
        Duration patience) {
    static final int OWN_MAX = 64;

    public RelayConfig {
        own = Set.copyOf(own);
        if (reservationsMax < 0
                || reservationsPerNetworkMax < 1
                || circuitsMax < 1
                || circuitsPerPeerMax < 1
                || own.size() > OWN_MAX) {
            throw new IllegalArgumentException("a relay has places for 1 and at most 64 own peers");
        }
        if (!reservationTtl.isPositive() || !patience.isPositive()) {
            throw new IllegalArgumentException("times of a relay are positive");
        }
    }

    public static RelayConfig defaults() {
        return new RelayConfig(
                128,
                8,
                Duration.ofHours(1),
                256,
                16,
                new CircuitLimit(Duration.ofMinutes(2), 128 << 10),
                new CircuitLimit(Duration.ofMinutes(30), 16 << 20),
                Set.of(),
                false,
                30,
                Duration.ofMinutes(2),
                60,
                Duration.ofMinutes(1),
                true,
                Duration.ofSeconds(30));
    }

    public RelayConfig withReservations(int max, int perNetworkMax, Duration ttl) {
        return new RelayConfig(
                max,
                perNetworkMax,
                ttl,
                circuitsMax,
                circuitsPerPeerMax,
                limit,
                ownLimit,
                own,
                ownOnly,
                requestsPerPeer,
                peerInterval,
                requestsPerNetwork,
                networkInterval,
                exemptLoopback,
                patience);
    }

    public RelayConfig withCircuits(int max, int perPeerMax, CircuitLimit changed) {
        return new RelayConfig(
                reservationsMax,
                reservationsPerNetworkMax,
                reservationTtl,
                max,
                perPeerMax,
                changed,
                ownLimit,
                own,
                ownOnly,
                requestsPerPeer,
                peerInterval,
                requestsPerNetwork,
                networkInterval,
                exemptLoopback,
                patience);
    }

    public RelayConfig withOwn(Set<PeerId> peers, boolean only, CircuitLimit changed) {
        return new RelayConfig(
                reservationsMax,
                reservationsPerNetworkMax,
                reservationTtl,
                circuitsMax,
                circuitsPerPeerMax,
                limit,
                changed,
                peers,
                only,
                requestsPerPeer,
                peerInterval,
                requestsPerNetwork,
                networkInterval,
                exemptLoopback,
                patience);
    }

    public RelayConfig withExemptLoopback(boolean exempt) {
        return new RelayConfig(
                reservationsMax,
                reservationsPerNetworkMax,
                reservationTtl,
                circuitsMax,
                circuitsPerPeerMax,
                limit,
                ownLimit,
                own,
                ownOnly,
                requestsPerPeer,
                peerInterval,
                requestsPerNetwork,
                networkInterval,
                exempt,
                patience);
    }

    public RelayConfig withPatience(Duration changed) {
        return new RelayConfig(
                reservationsMax,
                reservationsPerNetworkMax,
                reservationTtl,
                circuitsMax,
                circuitsPerPeerMax,
                limit,
                ownLimit,
                own,
                ownOnly,
                requestsPerPeer,
                peerInterval,
                requestsPerNetwork,
                networkInterval,
                exemptLoopback,
                changed);
    }

    /// The limit of circuits to `peer`.
    CircuitLimit limit(PeerId peer) {
        return own.contains(peer) ? ownLimit : limit;
    }
}
