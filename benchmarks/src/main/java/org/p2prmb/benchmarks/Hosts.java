package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.resource.ResourceLimits;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/// The hosts of the workloads: fresh Ed25519 keys, no identify, limits wide enough to measure.
final class Hosts {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int CONNECTIONS_MAX = 10_000;

    private Hosts() {}

    /// Listens on a free port of the loopback interface.
    static Host listening() throws IOException {
        return TcpHost.start(config());
    }

    /// Only dials.
    static Host dialling() throws IOException {
        return TcpHost.start(config().withListen(List.of()));
    }

    /// Listens, and identifies itself, so that protocols with several versions find each other.
    static Host identified() throws IOException {
        return TcpHost.start(config().withIdentify(true));
    }

    private static HostConfig config() {
        var limits = ResourceLimits.defaults();
        return HostConfig.defaults(KeyPair.generate(new SecureRandom()))
                .withIdentify(false)
                .withLimits(
                        limits.withConnections(CONNECTIONS_MAX, CONNECTIONS_MAX)
                                .withPeer(
                                        limits.peer()
                                                .withConnections(
                                                        CONNECTIONS_MAX,
                                                        CONNECTIONS_MAX,
                                                        CONNECTIONS_MAX)));
    }
}
