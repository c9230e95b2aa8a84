package org.p2prmb.node.config;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.protocols.statements.Offering;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;

/// What one agent is told: where it listens, whom it joins, what it offers, and its bounds.
///
/// @param listen addresses to listen on, at most 16; each costs a socket and a thread
/// @param bootstrap addresses of agents to join through, at most 32, each ending in `/p2p/<peer>`
///     or of the form `/dnsaddr/<domain>`; all are dialled at the start and again whenever there
///     are too few neighbours
/// @param offerings what others find us by, at most 32; they are public
/// @param neighboursMax agents to keep a connection with, 1 to 256; each costs a connection, a
///     lease every interval, and a share of the searches that pass by
/// @param imAlive how we prove to live, and whose death we hear of
/// @param mdns whether agents on the local networks are looked for by multicast DNS, which tells
///     everyone there that we are one; false by default
/// @param connectionsMax open connections at most, incoming ones included; up to 64 KiB each
/// @param handlers executables that answer commands, at most 64
/// @param search the bounds of searches
/// @param dht the part that it takes in the DHT
/// @param reputation how it keeps account of others
/// @param swap how it swaps
/// @param exemptLoopback whether loopback addresses are free of the limits per address and subnet;
///     false only makes sense in tests
/// @param logFormat how log lines look
/// @param wallet its coins
/// @param reach how it is reached behind a router, and what it does for others there
/// @param operator what matters to those who run an agent for others
public record AgentConfig(
        List<Multiaddr> listen,
        List<Multiaddr> bootstrap,
        List<Offering> offerings,
        int neighboursMax,
        ImAliveConfig imAlive,
        boolean mdns,
        int connectionsMax,
        List<ExecConfig> handlers,
        SearchConfig search,
        DhtConfig dht,
        ReputationConfig reputation,
        SwapConfig swap,
        boolean exemptLoopback,
        LogFormat logFormat,
        WalletConfig wallet,
        ReachConfig reach,
        OperatorConfig operator) {
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
        for (var address : listen) {
            if (!address.toString().contains("/tcp/")) {
                throw new UserException(
                        "listen address %s names no TCP port, such as /tcp/4001"
                                .formatted(address));
            }
        }
        for (var address : bootstrap) {
            if (address.peer().isEmpty() && !isDomain(address)) {
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

    /// True for `/dnsaddr/<domain>`, whose text records name the peers.
    private static boolean isDomain(Multiaddr address) {
        var components = address.components();
        return components.size() == 1 && components.getFirst().protocol() == Protocol.DNSADDR;
    }

    public static AgentConfig defaults() {
        return new AgentConfig(
                List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"), Multiaddr.parse("/ip6/::/tcp/0")),
                List.of(),
                List.of(),
                16,
                ImAliveConfig.defaults(),
                false,
                1024,
                List.of(),
                SearchConfig.defaults(),
                DhtConfig.defaults(),
                ReputationConfig.defaults(),
                SwapConfig.defaults(),
                true,
                LogFormat.TEXT,
                WalletConfig.defaults(),
                ReachConfig.defaults(),
                OperatorConfig.defaults());
    }

    public AgentConfig withListen(List<Multiaddr> changed) {
        return with(draft -> draft.listen = changed);
    }

    public AgentConfig withBootstrap(List<Multiaddr> changed) {
        return with(draft -> draft.bootstrap = changed);
    }

    public AgentConfig withOfferings(List<Offering> changed) {
        return with(draft -> draft.offerings = changed);
    }

    public AgentConfig withNeighboursMax(int changed) {
        return with(draft -> draft.neighboursMax = changed);
    }

    public AgentConfig withImAlive(ImAliveConfig changed) {
        return with(draft -> draft.imAlive = changed);
    }

    public AgentConfig withImAliveInterval(Duration changed) {
        return withImAlive(imAlive.withInterval(changed));
    }

    public AgentConfig withMdns(boolean changed) {
        return with(draft -> draft.mdns = changed);
    }

    public AgentConfig withConnectionsMax(int changed) {
        return with(draft -> draft.connectionsMax = changed);
    }

    public AgentConfig withHandlers(List<ExecConfig> changed) {
        return with(draft -> draft.handlers = changed);
    }

    public AgentConfig withSearch(SearchConfig changed) {
        return with(draft -> draft.search = changed);
    }

    public AgentConfig withDht(DhtConfig changed) {
        return with(draft -> draft.dht = changed);
    }

    public AgentConfig withReputation(ReputationConfig changed) {
        return with(draft -> draft.reputation = changed);
    }

    public AgentConfig withSwap(SwapConfig changed) {
        return with(draft -> draft.swap = changed);
    }

    public AgentConfig withExemptLoopback(boolean changed) {
        return with(draft -> draft.exemptLoopback = changed);
    }

    public AgentConfig withLogFormat(LogFormat changed) {
        return with(draft -> draft.logFormat = changed);
    }

    public AgentConfig withWallet(WalletConfig changed) {
        return with(draft -> draft.wallet = changed);
    }

    public AgentConfig withReach(ReachConfig changed) {
        return with(draft -> draft.reach = changed);
    }

    public AgentConfig withOperator(OperatorConfig changed) {
        return with(draft -> draft.operator = changed);
    }

    private AgentConfig with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /// The parts of a configuration while one of them is changed: the one place that lists them.
    private static final class Draft {
        List<Multiaddr> listen;
        List<Multiaddr> bootstrap;
        List<Offering> offerings;
        int neighboursMax;
        ImAliveConfig imAlive;
        boolean mdns;
        int connectionsMax;
        List<ExecConfig> handlers;
        SearchConfig search;
        DhtConfig dht;
        ReputationConfig reputation;
        SwapConfig swap;
        boolean exemptLoopback;
        LogFormat logFormat;
        WalletConfig wallet;
        ReachConfig reach;
        OperatorConfig operator;

        Draft(AgentConfig from) {
            listen = from.listen;
            bootstrap = from.bootstrap;
            offerings = from.offerings;
            neighboursMax = from.neighboursMax;
            imAlive = from.imAlive;
            mdns = from.mdns;
            connectionsMax = from.connectionsMax;
            handlers = from.handlers;
            search = from.search;
            dht = from.dht;
            reputation = from.reputation;
            swap = from.swap;
            exemptLoopback = from.exemptLoopback;
            logFormat = from.logFormat;
            wallet = from.wallet;
            reach = from.reach;
            operator = from.operator;
        }

        AgentConfig config() {
            return new AgentConfig(
                    listen,
                    bootstrap,
                    offerings,
                    neighboursMax,
                    imAlive,
                    mdns,
                    connectionsMax,
                    handlers,
                    search,
                    dht,
                    reputation,
                    swap,
                    exemptLoopback,
                    logFormat,
                    wallet,
                    reach,
                    operator);
        }
    }
}
