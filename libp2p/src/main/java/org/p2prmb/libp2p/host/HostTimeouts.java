package org.p2prmb.libp2p.host;

import java.time.Duration;

/// How long a host waits for the steps of others.
///
/// @param upgrade from a TCP connection to an authenticated, multiplexed one; longer lets slow
///     strangers hold more pending connections
/// @param dialAddress for one address of a peer, its upgrade included
/// @param dialStagger head start of an address before the next one is tried beside it
/// @param negotiation for the protocol of a stream that the remote opened
/// @param identify for the answer to identify
public record HostTimeouts(
        Duration upgrade,
        Duration dialAddress,
        Duration dialStagger,
        Duration negotiation,
        Duration identify) {
    public HostTimeouts {
        if (!upgrade.isPositive()
                || !dialAddress.isPositive()
                || dialStagger.isNegative()
                || !negotiation.isPositive()
                || !identify.isPositive()) {
            throw new IllegalArgumentException("timeouts must be positive");
        }
    }

    public static HostTimeouts defaults() {
        return new HostTimeouts(
                Duration.ofSeconds(10),
                Duration.ofSeconds(6),
                Duration.ofMillis(250),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }

    public HostTimeouts withUpgrade(Duration limit) {
        return new HostTimeouts(limit, dialAddress, dialStagger, negotiation, identify);
    }

    public HostTimeouts withDialAddress(Duration limit) {
        return new HostTimeouts(upgrade, limit, dialStagger, negotiation, identify);
    }

    public HostTimeouts withNegotiation(Duration limit) {
        return new HostTimeouts(upgrade, dialAddress, dialStagger, limit, identify);
    }
}
