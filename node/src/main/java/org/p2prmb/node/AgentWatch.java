package org.p2prmb.node;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Tally;
import org.p2prmb.libp2p.gossipsub.GossipCounters;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.node.config.MetricsAddress;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.metrics.Figures;
import org.p2prmb.node.metrics.MetricsServer;
import org.p2prmb.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.ToLongFunction;

/// What those who run an agent can watch: its figures and its health (docs/operations.md).
final class AgentWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentWatch.class);

    private final Agent agent;
    private final TcpHost host;
    private final Store store;
    private final Counts counts;
    private final IntSupplier dhtPeers;
    private final boolean joins;
    private final Figures figures = new Figures();
    private volatile @Nullable MetricsServer server;

    /// What the agent's parts have counted.
    record Counts(Tally sent, Tally served) {}

    /// @param dhtPeers the size of the routing table of the DHT
    /// @param joins whether the agent was told to join through others
    AgentWatch(
            Agent agent,
            TcpHost host,
            Store store,
            Counts counts,
            IntSupplier dhtPeers,
            boolean joins) {
        this.agent = agent;
        this.host = host;
        this.store = store;
        this.counts = counts;
        this.dhtPeers = dhtPeers;
        this.joins = joins;
        addNetwork();
        addMessages();
        addGossip();
        addProcess();
    }

    /// The version in the jar's manifest.
    static String version() {
        return Optional.ofNullable(Agent.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /// Shows them at `where`, if anywhere. Throws [UserException] when it cannot listen there.
    void start(Optional<MetricsAddress> where) {
        if (where.isEmpty()) {
            return;
        }
        var address = where.get();
        if (!address.address().isLoopbackAddress()) {
            log.warn("metrics at {}: whoever reaches this address reads them", address);
        }
        try {
            server =
                    MetricsServer.start(
                            address.socket(), figures, this::ailment, this::unreadiness);
        } catch (IOException e) {
            throw new UserException(
                    "cannot show metrics at %s (%s): choose another address or port"
                            .formatted(address, e.getMessage()),
                    e);
        }
    }

    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(server).map(MetricsServer::address);
    }

    private Optional<String> ailment() {
        return agent.failure().isDone()
                ? Optional.of("a part of the agent has died")
                : Optional.empty();
    }

    private Optional<String> unreadiness() {
        if (agent.announced().isEmpty()) {
            return Optional.of("it listens nowhere");
        }
        if (joins && agent.neighbours().isEmpty()) {
            return Optional.of("it has no neighbour yet");
        }
        return ailment();
    }

    private void addNetwork() {
        figures.gauges(
                "rmb_connections",
                "Open connections, by who dialled.",
                "direction",
                () -> {
                    var all = host.connections();
                    var out = all.stream().filter(Connection::outbound).count();
                    return Map.of("in", all.size() - out, "out", out);
                });
        figures.gauge("rmb_streams", "Streams that live on these connections.", host::streams);
        figures.gauges(
                "rmb_resources",
                "What the host holds: connections, streams (also of services), unread and window"
                        + " bytes.",
                "kind",
                () -> host.resources().held());
        figures.counter(
                "rmb_trimmed_total",
                "Connections closed because there were too many.",
                host::trimmed);
        figures.counters(
                "rmb_refused_total",
                "What the host refused, by the scope that was full.",
                "scope",
                () -> host.resources().refused());
        figures.gauge("rmb_neighbours", "Agents connected now.", () -> agent.neighbours().size());
        figures.gauge(
                "rmb_kademlia_peers", "Peers in the routing table of the DHT.", dhtPeers::getAsInt);
        figures.gauge(
                "rmb_contacts",
                "Contacts in the book, those believed dead included.",
                () -> agent.contacts().size());
        figures.counters(
                "rmb_liveness_bytes_total",
                "Bytes on the streams of the liveness and contacts protocols.",
                "direction",
                () -> {
                    var bytes = agent.livenessBytes();
                    return Map.of("received", bytes.received(), "sent", bytes.sent());
                });
    }

    private void addMessages() {
        figures.counters(
                "rmb_messages_sent_total",
                "Requests that this agent sent, by what became of them.",
                "outcome",
                counts.sent()::counts);
        figures.counters(
                "rmb_messages_served_total",
                "Requests that others sent, by the answer they got.",
                "answer",
                counts.served()::counts);
    }

    private void addGossip() {
        Map<String, ToLongFunction<GossipCounters>> kinds =
                new TreeMap<>(
                        Map.of(
                                "published", GossipCounters::published,
                                "received", GossipCounters::received,
                                "validated", GossipCounters::validated,
                                "forged", GossipCounters::forged,
                                "delivered", GossipCounters::delivered,
                                "dropped", GossipCounters::dropped));
        figures.counters(
                "rmb_gossip_messages_total",
                "GossipSub messages, by what happened to them.",
                "event",
                () -> {
                    var counters = agent.gossip().counters();
                    var counts = new TreeMap<String, Long>();
                    kinds.forEach((name, of) -> counts.put(name, of.applyAsLong(counters)));
                    return counts;
                });
        figures.counter(
                "rmb_gossip_rpcs_total",
                "GossipSub RPCs that arrived.",
                () -> agent.gossip().counters().rpcs());
    }

    private void addProcess() {
        figures.gauge(
                "rmb_uptime_seconds",
                "Time since the start.",
                () -> agent.uptime().toMillis() / 1000.0);
        figures.gauge(
                "rmb_store_rebuilt",
                "1 when the database was found damaged at the start and made afresh.",
                () -> store.rebuilt() ? 1 : 0);
        figures.gauge("rmb_store_bytes", "Size of the database file.", store::fileBytes);
        figures.gauge(
                "rmb_heap_bytes",
                "Memory that Java objects take, garbage included.",
                () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        figures.gauges(
                "rmb_version",
                "Always 1; the label names the version.",
                "version",
                () -> Map.of(version(), 1L));
    }

    @Override
    public void close() {
        var running = server;
        if (running != null) {
            running.close();
        }
    }
}
