package org.p2prmb.libp2p.resource;

import java.time.Duration;

/// How many connections strangers may make from one place of the network.
///
/// Whoever has one IPv6 address usually has its /56, and a site its /48.
///
/// @param connectionsMax inbound connections from one IPv4 address or one IPv6 /56 at a time
/// @param siteConnectionsMax the same from one IPv6 /48
/// @param burst new connections that one such address may make at once
/// @param refill the time after which it may make one more
/// @param exemptLoopback true when connections from this machine are not counted
public record AddressLimits(
        int connectionsMax,
        int siteConnectionsMax,
        int burst,
        Duration refill,
        boolean exemptLoopback) {
    public AddressLimits {
        if (connectionsMax < 1 || siteConnectionsMax < connectionsMax || burst < 1) {
            throw new IllegalArgumentException("limits of an address must be positive");
        }
        if (!refill.isPositive()) {
            throw new IllegalArgumentException("refill must be positive");
        }
    }

    public static AddressLimits defaults() {
        return of(8, true);
    }

    /// As go-libp2p has it: the burst is twice the places, and one more comes each five seconds.
    public static AddressLimits of(int connectionsMax, boolean exemptLoopback) {
        return new AddressLimits(
                connectionsMax,
                8 * connectionsMax,
                2 * connectionsMax,
                Duration.ofSeconds(5),
                exemptLoopback);
    }
}
