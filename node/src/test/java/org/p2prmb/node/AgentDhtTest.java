package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.discovery.kademlia.Kademlia;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.KnownPeers;
import org.p2prmb.discovery.kademlia.OwnerRecordValidator;
import org.p2prmb.discovery.kademlia.Validators;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.protocols.statements.OwnerRecord;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Agents and a peer that serves the DHT and nothing else, over loopback TCP.
final class AgentDhtTest {
    @TempDir Path directory;
    private final List<Throwable> deaths = new CopyOnWriteArrayList<>();
    private TestAgents agents;
    private Host hub;
    private Kademlia kademlia;

    @BeforeEach
    void startHub() throws IOException {
        agents = new TestAgents(directory);
        hub = agents.host(KeyPair.generate(TestAgents.RANDOM));
        kademlia =
                Kademlia.start(
                        hub,
                        KademliaConfig.defaults(),
                        new Validators(
                                Map.of(OwnerRecordValidator.NAMESPACE, new OwnerRecordValidator())),
                        KnownPeers.none(),
                        new MonotonicClock(),
                        TestAgents.RANDOM,
                        deaths::add);
    }

    @AfterEach
    void close() {
        kademlia.close();
        agents.close();
        assertThat(deaths).isEmpty();
    }

    private AgentConfig joiningHub() {
        var address = hub.listenAddresses().getFirst().withPeer(hub.peerId());
        return TestAgents.config().withBootstrap(List.of(address));
    }

    private boolean isInTheHubsTable(Agent agent) {
        try {
            return kademlia.closest(agent.peerId().multihash()).stream()
                    .anyMatch(peer -> peer.id().equals(agent.peerId()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in a test", e);
        }
    }

    private Optional<Bytes> stored(KeyPair owner) {
        try {
            return kademlia.get(OwnerRecordValidator.key(owner.publicKey()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in a test", e);
        }
    }

    private static boolean isFound(Agent asking, KeyPair owner, Agent served) {
        return asking.agentOf(owner.publicKey()).filter(served.peerId()::equals).isPresent();
    }

    private static OwnerRecord record(Agent agent, KeyPair owner) {
        var expiresAt = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
        return new OwnerRecord(
                owner.publicKey(), List.of(agent.peerId()), agent.addresses(), 1, expiresAt);
    }

    @Test
    void anOwnersAgentIsFoundInTheDhtThoughNobodyElseKnowsIt() throws Exception {
        var home = agents.home();
        var served = agents.start(home, joiningHub().withDht(new DhtConfig(DhtMode.SERVER, true)));
        Eventually.holds("the hub knows it", () -> isInTheHubsTable(served));
        served.serveOwner(record(served, home.owner()).seal(home.owner()));
        Eventually.holds("the record is there", () -> stored(home.owner()).isPresent());
        served.close();

        var asking = agents.start(joiningHub());
        // It knows the hub a moment after the hub knows it, and has nobody to ask until then.
        Eventually.holds("its agent is found", () -> isFound(asking, home.owner(), served));
    }

    @Test
    void anOwnerWhoDidNotAskForItIsNotInTheDht() throws Exception {
        var home = agents.home();
        var served = agents.start(home, joiningHub());
        Eventually.holds("the hub knows it", () -> isInTheHubsTable(served));
        served.serveOwner(record(served, home.owner()).seal(home.owner()));
        assertThat(stored(home.owner())).isEmpty();
    }

    @Test
    void aClientIsInNobodysTableAndWhoTurnsItOffNeitherAsksNorServes() throws Exception {
        var client = joiningHub().withDht(new DhtConfig(DhtMode.CLIENT, false));
        var asking = agents.start(client);
        var off = agents.start(joiningHub().withDht(new DhtConfig(DhtMode.OFF, false)));
        Eventually.holds(
                "both are connected",
                () ->
                        !hub.connections(asking.peerId()).isEmpty()
                                && !hub.connections(off.peerId()).isEmpty());
        assertThat(isInTheHubsTable(asking)).isFalse();
        assertThat(isInTheHubsTable(off)).isFalse();
    }

    @Test
    void theTableIsThereAtTheNextStart() throws Exception {
        var home = agents.home();
        var agent = agents.start(home, joiningHub());
        Eventually.holds("the hub knows it", () -> isInTheHubsTable(agent));
        agent.close();
        var again = agents.start(home, TestAgents.config());
        Eventually.holds("it is back", () -> !hub.connections(again.peerId()).isEmpty());
    }
}
