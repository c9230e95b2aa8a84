package org.p2prmb.node.config;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What matters to those who run an agent for others to join through.
///
/// @param announce addresses, without `/p2p`, that others are told instead of those that we listen
///     on, at most 16: for a machine that others reach under another address or name
/// @param direct addresses, with `/p2p`, of peers that always get every gossip and are dialled
///     again when they are gone, at most 16; both sides should name each other
/// @param connectionsPerAddressMax incoming connections from one IPv4 address or IPv6 /56, 1 to
///     4096; many agents may share one, behind a company's or a provider's gateway
/// @param yieldAfter when places for incoming connections are short, those who stayed at least this
///     long make room for newcomers, up to a day; zero: nobody does
/// @param idleMax how long a connection that we dialled for an errand (a look-up in the DHT, a
///     message) stays open though nothing uses it, up to a day; zero: for ever
/// @param metrics where metrics and health are shown; nowhere when empty
public record OperatorConfig(
        List<Multiaddr> announce,
        List<Multiaddr> direct,
        int connectionsPerAddressMax,
        Duration yieldAfter,
        Duration idleMax,
        Optional<MetricsAddress> metrics) {
    static final int ANNOUNCE_MAX = 16;
    static final int DIRECT_MAX = 16;

    /// Throws [UserException] when a part is out of its bounds.
    public OperatorConfig {
        announce = List.copyOf(announce);
        direct = List.copyOf(direct);
        Bounds.count("number of announced addresses", announce.size(), 0, ANNOUNCE_MAX);
        Bounds.count("number of gossip.direct", direct.size(), 0, DIRECT_MAX);
        Bounds.count("connections.perAddressMax", connectionsPerAddressMax, 1, 4_096);
        Bounds.time("connections.yieldAfter", yieldAfter, Duration.ZERO, Duration.ofDays(1));
        Bounds.time("connections.idleMax", idleMax, Duration.ZERO, Duration.ofDays(1));
        for (var address : announce) {
            if (address.peer().isPresent() || !address.toString().contains("/tcp/")) {
                throw new UserException(
                        ("announced address %s must name a TCP port and no peer, such as"
                                        + " /dns4/boot.example.org/tcp/4001")
                                .formatted(address));
            }
        }
        for (var address : direct) {
            if (address.peer().isEmpty()) {
                throw new UserException("%s must end with /p2p and the peer".formatted(address));
            }
        }
    }

    public static OperatorConfig defaults() {
        return new OperatorConfig(
                List.of(), List.of(), 8, Duration.ZERO, Duration.ofMinutes(1), Optional.empty());
    }

    public OperatorConfig withAnnounce(List<Multiaddr> changed) {
        return new OperatorConfig(
                changed, direct, connectionsPerAddressMax, yieldAfter, idleMax, metrics);
    }

    public OperatorConfig withDirect(List<Multiaddr> changed) {
        return new OperatorConfig(
                announce, changed, connectionsPerAddressMax, yieldAfter, idleMax, metrics);
    }

    public OperatorConfig withConnectionsPerAddressMax(int changed) {
        return new OperatorConfig(announce, direct, changed, yieldAfter, idleMax, metrics);
    }

    public OperatorConfig withYieldAfter(Duration changed) {
        return new OperatorConfig(
                announce, direct, connectionsPerAddressMax, changed, idleMax, metrics);
    }

    public OperatorConfig withIdleMax(Duration changed) {
        return new OperatorConfig(
                announce, direct, connectionsPerAddressMax, yieldAfter, changed, metrics);
    }

    public OperatorConfig withMetrics(Optional<MetricsAddress> changed) {
        return new OperatorConfig(
                announce, direct, connectionsPerAddressMax, yieldAfter, idleMax, changed);
    }
}
