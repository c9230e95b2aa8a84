package org.p2prmb.node.config;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Offering;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/// What one agent is told: where it listens, whom it joins, what it offers, and its bounds.
///
/// @param listen addresses to listen on, at most 16; each costs a socket and a thread
/// @param bootstrap addresses (ending in `/p2p/<peer>`) of agents to join through, at most 32; all
///     are dialled at the start and again whenever there are too few neighbours
/// @param offerings what others find us by, at most 32; they are public
/// @param neighboursMax agents to keep a connection with, 1 to 256; each costs a connection, a
///     lease every interval, and a share of the searches that pass by
/// @param imAliveInterval how often we prove to live; half of it notices deaths twice as fast and
///     costs twice the leases
/// @param connectionsMax open connections at most, incoming ones included; up to 64 KiB each
/// @param handlers executables that answer commands, at most 64
/// @param search the bounds of searches
/// @param dht the part that it takes in the DHT
/// @param exemptLoopback whether loopback addresses are free of the limits per address and subnet;
///     false only makes sense in tests
/// @param logFormat how log lines look
public record AgentConfig(
        List<Multiaddr> listen,
        List<Multiaddr> bootstrap,
        List<Offering> offerings,
        int neighboursMax,
        Duration imAliveInterval,
        int connectionsMax,
        List<ExecConfig> handlers,
        SearchConfig search,
        DhtConfig dht,
        boolean exemptLoopback,
        LogFormat logFormat) {
    static final int LISTEN_MAX = 16;
    static final int BOOTSTRAP_MAX = 32;
    static final int OFFERINGS_MAX = 32;
    static final int HANDLERS_MAX = 64;

    /// Throws [UserException] when a part is out of its bounds.
    public AgentConfig {
        listen = List.copyOf(listen);
        bootstrap = List.copyOf(bootstrap);
        offerings = List.copyOf(offerings);
        handlers = List.copyOf(handlers);
        Bounds.count("number of listen addresses", listen.size(), 0, LISTEN_MAX);
        Bounds.count("number of bootstrap addresses", bootstrap.size(), 0, BOOTSTRAP_MAX);
        Bounds.count("number of offers", offerings.size(), 0, OFFERINGS_MAX);
        Bounds.count("number of handlers", handlers.size(), 0, HANDLERS_MAX);
        Bounds.count("neighbours.max", neighboursMax, 1, 256);
        Bounds.count("connections.max", connectionsMax, 1, 65_536);
        Bounds.time("imAlive.interval", imAliveInterval, Lease.INTERVAL_MIN, Lease.INTERVAL_MAX);
        for (var address : listen) {
            if (!address.toString().contains("/tcp/")) {
                throw new UserException(
                        "listen address %s names no TCP port, such as /tcp/4001"
                                .formatted(address));
            }
        }
        for (var address : bootstrap) {
            if (address.peer().isEmpty()) {
                throw new UserException(
                        "bootstrap address %s does not end in /p2p/<peer id>: copy the whole line"
                                .formatted(address));
            }
        }
        var commands = new HashSet<String>();
        for (var handler : handlers) {
            if (!commands.add(handler.command())) {
                throw new UserException(
                        "there are two handlers for command %s: keep one"
                                .formatted(handler.command()));
            }
        }
    }

    public static AgentConfig defaults() {
        return new AgentConfig(
                List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"), Multiaddr.parse("/ip6/::/tcp/0")),
                List.of(),
                List.of(),
                16,
                Duration.ofSeconds(30),
                1024,
                List.of(),
                SearchConfig.defaults(),
                DhtConfig.defaults(),
                true,
                LogFormat.TEXT);
    }

    public AgentConfig withListen(List<Multiaddr> changed) {
        return new AgentConfig(
                changed,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withBootstrap(List<Multiaddr> changed) {
        return new AgentConfig(
                listen,
                changed,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withOfferings(List<Offering> changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                changed,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withNeighboursMax(int changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                changed,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withImAliveInterval(Duration changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                changed,
                connectionsMax,
                handlers,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withConnectionsMax(int changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                changed,
                handlers,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withHandlers(List<ExecConfig> changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                changed,
                search,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withSearch(SearchConfig changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                changed,
                dht,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withDht(DhtConfig changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                changed,
                exemptLoopback,
                logFormat);
    }

    public AgentConfig withExemptLoopback(boolean changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                dht,
                changed,
                logFormat);
    }

    public AgentConfig withLogFormat(LogFormat changed) {
        return new AgentConfig(
                listen,
                bootstrap,
                offerings,
                neighboursMax,
                imAliveInterval,
                connectionsMax,
                handlers,
                search,
                dht,
                exemptLoopback,
                changed);
    }
}
