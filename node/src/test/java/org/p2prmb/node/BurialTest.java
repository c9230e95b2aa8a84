package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.knows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Eventually;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Small networks of real agents bury their dead, and nobody else.
final class BurialTest {
    @TempDir private Path directory;
    private TestAgents agents;

    @BeforeEach
    void begin() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void aKilledAgentIsBuriedAndNoLivingOneIs(int size) throws Exception {
        var network = network(size);
        var victim = network.removeLast();
        victim.abort();
        Eventually.holds("all miss the victim", () -> isForgottenBy(network, victim));
        assertThat(network).allSatisfy(agent -> assertThat(known(agent, network)).isTrue());
        assertThat(network).allSatisfy(agent -> assertThat(agent.failure()).isNotDone());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void aLeaveIsToldWithinSeconds(int size) throws Exception {
        var network = network(size);
        var leaver = network.removeLast();
        var start = Instant.now();
        leaver.close();
        Eventually.holds("all know of it", () -> isForgottenBy(network, leaver));
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertThat(network).allSatisfy(agent -> assertThat(known(agent, network)).isTrue());
    }

    @Test
    void anAgentThatCrashedReturnsAmongItsWatchers() throws Exception {
        var network = network(4);
        var home = agents.home();
        var mortal = agents.start(home, TestAgents.config(network.getFirst()));
        Eventually.holds("all want to hear of it", () -> isHotFor(network, mortal));
        mortal.abort();
        Eventually.holds("all miss it", () -> isForgottenBy(network, mortal));
        agents.start(home, mortal.config().withListen(mortal.addresses()));
        Eventually.holds(
                "all see it again",
                () -> network.stream().allMatch(agent -> knows(agent, mortal.peerId())));
    }

    @Test
    void whatLivenessCostsIsCounted() throws Exception {
        var network = network(2);
        var before = network.getFirst().livenessBytes().alive();
        Eventually.holds(
                "frames go both ways",
                () -> {
                    var now = network.getFirst().livenessBytes().alive();
                    return now.bytesRead() > before.bytesRead()
                            && now.bytesWritten() > before.bytesWritten();
                });
    }

    /// Agents of whom each wants to hear of all others.
    private List<Agent> network(int size) throws Exception {
        var network = new ArrayList<Agent>();
        network.add(agents.start());
        while (network.size() < size) {
            network.add(agents.start(network.getFirst()));
        }
        Eventually.holds(
                "each is hot for all others",
                () -> network.stream().allMatch(agent -> isHotFor(network, agent)));
        return network;
    }

    private static boolean isHotFor(List<Agent> network, Agent agent) {
        return network.stream()
                .filter(other -> other != agent)
                .allMatch(other -> other.hotContacts().contains(agent.peerId()));
    }

    private static boolean isForgottenBy(List<Agent> network, Agent gone) {
        return network.stream().noneMatch(agent -> knows(agent, gone.peerId()));
    }

    private static boolean known(Agent agent, List<Agent> network) {
        return network.stream()
                .filter(other -> other != agent)
                .allMatch(other -> knows(agent, other.peerId()));
    }
}
