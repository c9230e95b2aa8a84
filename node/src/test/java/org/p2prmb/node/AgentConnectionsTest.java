package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.node.config.MetricsAddress;
import org.p2prmb.protocols.statements.OwnerRecord;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A small network that takes part in the DHT ends up with the connections that it needs, not with
/// all of them. Nothing but neighbours and the DHT asks for any: nobody watches, nobody is hot.
@Timeout(120)
final class AgentConnectionsTest {
    private static final int AGENTS = 16;

    /// The mesh of the topic of faults keeps up to 12 connections of each agent; 120 would be all.
    private static final int LINKS_MAX = AGENTS * 12 / 2;

    private static final int WANTED = 2;
    private static final Duration IDLE_MAX = Duration.ofSeconds(2);

    @TempDir Path directory;
    private final List<Agent> network = new ArrayList<>();
    private TestAgents agents;

    @BeforeEach
    void open() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void close() {
        agents.close();
    }

    private static AgentConfig config(Agent... bootstrap) {
        var config = TestAgents.config(bootstrap);
        var operator =
                config.operator()
                        .withIdleMax(IDLE_MAX)
                        .withMetrics(Optional.of(MetricsAddress.parse("0")));
        return config.withNeighboursMax(WANTED)
                .withImAlive(config.imAlive().withWatchers(0).withHotMax(0))
                .withDht(new DhtConfig(DhtMode.SERVER, true))
                .withOperator(operator);
    }

    /// Pairs of agents that are connected.
    private int links() {
        return network.stream().mapToInt(agent -> peersOf(agent).size()).sum() / 2;
    }

    private static List<PeerId> peersOf(Agent agent) {
        return agent.host().connections().stream().map(c -> c.remotePeer()).distinct().toList();
    }

    private static boolean shows(Agent agent, String figure) {
        var address = agent.metricsAddress().orElseThrow();
        var uri = URI.create("http://127.0.0.1:" + address.getPort() + "/metrics");
        try (var page = uri.toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .anyMatch(figure::equals);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OwnerRecord record(Agent agent, TestAgents.Home home) {
        var expiresAt = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
        return new OwnerRecord(
                home.owner().publicKey(), List.of(agent.peerId()), agent.addresses(), 1, expiresAt);
    }

    @Test
    void agentsOfTheDhtKeepFewConnectionsAndStillFindAnybody() throws Exception {
        var first = agents.start(config());
        network.add(first);
        while (network.size() < AGENTS - 1) {
            network.add(agents.start(config(first)));
        }
        var home = agents.home();
        var served = agents.start(home, config(first));
        network.add(served);
        for (var agent : network) {
            // So each has asked each, over a connection with it.
            var figure = "rmb_kademlia_peers %d.0".formatted(AGENTS - 1);
            Eventually.holds("it has them all", () -> shows(agent, figure));
        }
        Eventually.holds("few connections are left", () -> links() <= LINKS_MAX);
        Eventually.holds(
                "all have neighbours",
                () -> network.stream().allMatch(agent -> peersOf(agent).size() >= WANTED));

        assertThat(served.serveOwner(record(served, home).seal(home.owner()))).isTrue();
        for (var agent : network) {
            Eventually.holds(
                    "its agent is found",
                    () ->
                            agent.agentOf(home.owner().publicKey())
                                    .equals(Optional.of(served.peerId())));
        }
        Eventually.holds("few connections are left", () -> links() <= LINKS_MAX);
        network.forEach(agent -> assertThat(agent.failure()).isNotDone());
    }

    @Test
    void directPeersOfGossipAreConnectedThoughNobodyElseIsKnown() throws Exception {
        var known = agents.start(config());
        var address = known.addresses().getFirst().withPeer(known.peerId());
        var config = config();
        var operator = config.operator().withDirect(List.of(address));
        var agent = agents.start(config.withOperator(operator));
        Eventually.holds("it is", () -> peersOf(agent).contains(known.peerId()));
    }
}
