package org.p2prmb.libp2p.autonat;

import org.p2prmb.libp2p.multiaddr.AddressScope;

import java.time.Duration;
import java.util.Set;

/// How a server answers who asks whether it can be dialled.
///
/// @param scopes of the addresses that are dialled; anything but public ones lets strangers have us
///     dial into our own network
/// @param requestsPerMinute of all peers together
/// @param requestsPerPeer of one peer in a minute
/// @param runningMax requests that are worked on at a time; more costs threads and sockets
/// @param patience for one request with its data
/// @param dial for dialling back
/// @param dialBack for bringing the nonce back
public record AutoNatConfig(
        Set<AddressScope> scopes,
        int requestsPerMinute,
        int requestsPerPeer,
        int runningMax,
        Duration patience,
        Duration dial,
        Duration dialBack) {
    public AutoNatConfig {
        scopes = Set.copyOf(scopes);
        if (requestsPerMinute < 1 || requestsPerPeer < 1 || runningMax < 1) {
            throw new IllegalArgumentException("a server answers at least one request");
        }
        if (!patience.isPositive() || !dial.isPositive() || !dialBack.isPositive()) {
            throw new IllegalArgumentException("times of a server are positive");
        }
    }

    public static AutoNatConfig defaults() {
        return new AutoNatConfig(
                Set.of(AddressScope.PUBLIC),
                60,
                12,
                16,
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }

    public AutoNatConfig withScopes(Set<AddressScope> changed) {
        return new AutoNatConfig(
                changed, requestsPerMinute, requestsPerPeer, runningMax, patience, dial, dialBack);
    }

    public AutoNatConfig withRequests(int perMinute, int perPeer, int running) {
        return new AutoNatConfig(scopes, perMinute, perPeer, running, patience, dial, dialBack);
    }

    public AutoNatConfig withPatience(Duration changed) {
        return new AutoNatConfig(
                scopes, requestsPerMinute, requestsPerPeer, runningMax, changed, dial, dialBack);
    }
}
