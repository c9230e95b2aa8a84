package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.libp2p.transport.TcpTransport;
import org.p2prmb.libp2p.transport.Transport;
import org.p2prmb.libp2p.websocket.WebSocketTransport;
import org.p2prmb.libp2p.websocket.WebTls;
import org.p2prmb.libp2p.yamux.YamuxConfig;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What a host is told when it starts.
///
/// @param keys the identity
/// @param listen addresses; port 0 takes a free one, a wildcard host all of the machine's.
///     None: the host only dials.
/// @param announce addresses that identify names instead of those listened on, for hosts behind
///     a translated address; none: what is listened on
/// @param identify false neither asks nor serves identify; for benchmarks of what lies beneath
/// @param agentVersion the name and version of this program, told to every peer
/// @param limits of all connections together
/// @param yamux limits of the streams of each connection
/// @param securities what encrypts connections, the preferred one first
/// @param transports make the raw channels; the first that understands an address takes it
/// @param namedResolver looks names up; null is the machine's resolver, owned by the host
/// @param trustedNames the addresses whose names may lead into any network; those in others lead
///     into none that is narrower than the widest that we listen on, and the public one when we
///     listen on none
public record HostConfig(
        KeyPair keys,
        List<Multiaddr> listen,
        List<Multiaddr> announce,
        boolean identify,
        String agentVersion,
        ResourceLimits limits,
        HostTimeouts timeouts,
        YamuxConfig yamux,
        List<SecurityKind> securities,
        List<Transport> transports,
        @Nullable Resolver namedResolver,
        Predicate<Multiaddr> trustedNames) {
    private static final int LISTEN_MAX = 32;
    private static final int AGENT_VERSION_MAX = 128;

    public HostConfig {
        listen = List.copyOf(listen);
        announce = List.copyOf(announce);
        securities = List.copyOf(new LinkedHashSet<>(securities));
        transports = List.copyOf(transports);
        if (securities.isEmpty()) {
            throw new IllegalArgumentException("a host needs a security");
        }
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
                List.of(SecurityKind.NOISE, SecurityKind.TLS),
                List.of(new TcpTransport(), new WebSocketTransport(WebTls.defaults())),
                null,
                _ -> false);
    }

    /// The version in the jar's manifest.
    private static String version() {
        return Optional.ofNullable(HostConfig.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    public HostConfig withListen(List<Multiaddr> changed) {
        return with(draft -> draft.listen = changed);
    }

    public HostConfig withAnnounce(List<Multiaddr> changed) {
        return with(draft -> draft.announce = changed);
    }

    public HostConfig withIdentify(boolean changed) {
        return with(draft -> draft.identify = changed);
    }

    public HostConfig withAgentVersion(String changed) {
        return with(draft -> draft.agentVersion = changed);
    }

    public HostConfig withLimits(ResourceLimits changed) {
        return with(draft -> draft.limits = changed);
    }

    public HostConfig withTimeouts(HostTimeouts changed) {
        return with(draft -> draft.timeouts = changed);
    }

    public HostConfig withYamux(YamuxConfig changed) {
        return with(draft -> draft.yamux = changed);
    }

    public HostConfig withSecurities(List<SecurityKind> changed) {
        return with(draft -> draft.securities = changed);
    }

    /// With `first` before the other transports: what it understands is its own.
    public HostConfig withTransport(Transport first) {
        var changed = new ArrayList<>(transports);
        changed.addFirst(first);
        return with(draft -> draft.transports = changed);
    }

    /// With `changed` for the certificates of `/tls/ws`.
    public HostConfig withWebTls(WebTls changed) {
        return withTransport(new WebSocketTransport(changed));
    }

    public HostConfig withResolver(Resolver changed) {
        return with(draft -> draft.namedResolver = changed);
    }

    public HostConfig withTrustedNames(Predicate<Multiaddr> changed) {
        return with(draft -> draft.trustedNames = changed);
    }

    private HostConfig with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /// The parts of a configuration while one of them is changed: the one place that lists them.
    private static final class Draft {
        KeyPair keys;
        List<Multiaddr> listen;
        List<Multiaddr> announce;
        boolean identify;
        String agentVersion;
        ResourceLimits limits;
        HostTimeouts timeouts;
        YamuxConfig yamux;
        List<SecurityKind> securities;
        List<Transport> transports;
        @Nullable Resolver namedResolver;
        Predicate<Multiaddr> trustedNames;

        Draft(HostConfig from) {
            keys = from.keys;
            listen = from.listen;
            announce = from.announce;
            identify = from.identify;
            agentVersion = from.agentVersion;
            limits = from.limits;
            timeouts = from.timeouts;
            yamux = from.yamux;
            securities = from.securities;
            transports = from.transports;
            namedResolver = from.namedResolver;
            trustedNames = from.trustedNames;
        }

        HostConfig config() {
            return new HostConfig(
                    keys,
                    listen,
                    announce,
                    identify,
                    agentVersion,
                    limits,
                    timeouts,
                    yamux,
                    securities,
                    transports,
                    namedResolver,
                    trustedNames);
        }
    }
}
