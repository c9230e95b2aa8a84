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
/// @param idle how long a connection that we dialled stays open though no stream uses it and no
///     [org.p2prmb.libp2p.core.ConnectionUse] needs it; zero: for ever. Shorter costs more dials,
///     longer more open connections
public record HostTimeouts(
        Duration upgrade,
        Duration dialAddress,
        Duration dialStagger,
        Duration negotiation,
        Duration identify,
        Duration idle) {
    public HostTimeouts {
        if (!upgrade.isPositive()
                || !dialAddress.isPositive()
                || dialStagger.isNegative()
                || !negotiation.isPositive()
                || !identify.isPositive()
                || idle.isNegative()) {
            throw new IllegalArgumentException("timeouts must be positive");
        }
    }

    public static HostTimeouts defaults() {
        return new HostTimeouts(
                Duration.ofSeconds(10),
                Duration.ofSeconds(6),
                Duration.ofMillis(250),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ZERO);
    }

    public HostTimeouts withUpgrade(Duration limit) {
        return new HostTimeouts(limit, dialAddress, dialStagger, negotiation, identify, idle);
    }

    public HostTimeouts withDialAddress(Duration limit) {
        return new HostTimeouts(upgrade, limit, dialStagger, negotiation, identify, idle);
    }

    public HostTimeouts withNegotiation(Duration limit) {
        return new HostTimeouts(upgrade, dialAddress, dialStagger, limit, identify, idle);
    }

    public HostTimeouts withIdle(Duration limit) {
        return new HostTimeouts(upgrade, dialAddress, dialStagger, negotiation, identify, limit);
    }
}
