package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.libp2p.transport.TcpTransport;
import org.p2prmb.libp2p.transport.Transport;
import org.p2prmb.libp2p.yamux.YamuxConfig;

import java.util.List;
import java.util.Optional;

/// What a host is told when it starts.
///
/// @param keys the identity
/// @param listen TCP addresses; port 0 takes a free one, a wildcard host all of the machine's.
///     None: the host only dials.
/// @param announce addresses that identify names instead of those listened on, for hosts behind
///     a translated address; none: what is listened on
/// @param identify false neither asks nor serves identify; for benchmarks of what lies beneath
/// @param agentVersion the name and version of this program, told to every peer
/// @param limits of all connections together
/// @param yamux limits of the streams of each connection
/// @param transport makes the raw channels of dials
/// @param namedResolver looks names up; null is the machine's resolver, owned by the host
public record HostConfig(
        KeyPair keys,
        List<Multiaddr> listen,
        List<Multiaddr> announce,
        boolean identify,
        String agentVersion,
        ResourceLimits limits,
        HostTimeouts timeouts,
        YamuxConfig yamux,
        Transport transport,
        @Nullable Resolver namedResolver) {
    private static final int LISTEN_MAX = 32;
    private static final int AGENT_VERSION_MAX = 128;

    public HostConfig {
        listen = List.copyOf(listen);
        announce = List.copyOf(announce);
        if (listen.size() > LISTEN_MAX || announce.size() > LISTEN_MAX) {
            throw new IllegalArgumentException("more than %d addresses".formatted(LISTEN_MAX));
        }
        if (agentVersion.isBlank() || agentVersion.length() > AGENT_VERSION_MAX) {
            throw new IllegalArgumentException("agentVersion has 1 to 128 characters");
        }
    }

    /// Listens on a free port of the loopback interface, with every limit at its default.
    public static HostConfig defaults(KeyPair keys) {
        return new HostConfig(
                keys,
                List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
                List.of(),
                true,
                "p2prmb/" + version(),
                ResourceLimits.defaults(),
                HostTimeouts.defaults(),
                YamuxConfig.defaults(),
                new TcpTransport(),
                null);
    }

    /// The version in the jar's manifest.
    private static String version() {
        return Optional.ofNullable(HostConfig.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    public HostConfig withListen(List<Multiaddr> addresses) {
        return new HostConfig(
                keys,
                addresses,
                announce,
                identify,
                agentVersion,
                limits,
                timeouts,
                yamux,
                transport,
                namedResolver);
    }

    public HostConfig withAnnounce(List<Multiaddr> addresses) {
        return new HostConfig(
                keys,
                listen,
                addresses,
                identify,
                agentVersion,
                limits,
                timeouts,
                yamux,
                transport,
                namedResolver);
    }

    public HostConfig withIdentify(boolean on) {
        return new HostConfig(
                keys,
                listen,
                announce,
                on,
                agentVersion,
                limits,
                timeouts,
                yamux,
                transport,
                namedResolver);
    }

    public HostConfig withAgentVersion(String version) {
        return new HostConfig(
                keys,
                listen,
                announce,
                identify,
                version,
                limits,
                timeouts,
                yamux,
                transport,
                namedResolver);
    }

    public HostConfig withLimits(ResourceLimits admitted) {
        return new HostConfig(
                keys,
                listen,
                announce,
                identify,
                agentVersion,
                admitted,
                timeouts,
                yamux,
                transport,
                namedResolver);
    }

    public HostConfig withTimeouts(HostTimeouts waits) {
        return new HostConfig(
                keys,
                listen,
                announce,
                identify,
                agentVersion,
                limits,
                waits,
                yamux,
                transport,
                namedResolver);
    }

    public HostConfig withYamux(YamuxConfig streams) {
        return new HostConfig(
                keys,
                listen,
                announce,
                identify,
                agentVersion,
                limits,
                timeouts,
                streams,
                transport,
                namedResolver);
    }

    public HostConfig withTransport(Transport dialling) {
        return new HostConfig(
                keys,
                listen,
                announce,
                identify,
                agentVersion,
                limits,
                timeouts,
                yamux,
                dialling,
                namedResolver);
    }

    public HostConfig withResolver(Resolver resolver) {
        return new HostConfig(
                keys,
                listen,
                announce,
                identify,
                agentVersion,
                limits,
                timeouts,
                yamux,
                transport,
                resolver);
    }
}
