package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A network whose first address is gone for good.
@Timeout(120)
final class LostBootstrapTest {
    private static final int AGENTS = 6;
    private static final SearchCondition BARBERS =
            SearchCondition.of("barber", Map.of("city", "ghent"));

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

    @Test
    void itFindsTogetherAgainAfterEveryOneOfItsAgentsWasRestarted() throws Exception {
        var bootstrap = agents.start();
        var config = TestAgents.config(bootstrap);
        var homes = new ArrayList<TestAgents.Home>();
        var running = new ArrayList<Agent>();
        for (int i = 0; i < AGENTS; i++) {
            homes.add(agents.home());
            running.add(agents.start(homes.get(i), i == 0 ? offering(config) : config));
        }
        Eventually.holds("all know each other", () -> allKnowEachOther(running));
        bootstrap.abort();

        for (int i = 0; i < AGENTS; i++) {
            running.get(i).close();
            var restarted = agents.start(homes.get(i), i == 0 ? offering(config) : config);
            running.set(i, restarted);
            // Each has another port than before, which the next one must know when it leaves.
            Eventually.holds("all know each other again", () -> allKnowEachOther(running));
        }

        for (var asker : running) {
            Eventually.holds("a search across the network works", () -> findsTheBarber(asker));
        }
    }

    @Test
    void twoAgentsThatWereOffTogetherAndForgotEachOtherMeetByTheirFiles() throws Exception {
        var bootstrap = agents.start();
        var oneHome = agents.home();
        var otherHome = agents.home();
        var config = TestAgents.config(bootstrap);
        var one = agents.start(oneHome, config);
        var other = agents.start(otherHome, config);
        Eventually.holds("they are connected", () -> areConnected(one, other));
        Eventually.holds(
                "it is written down",
                () -> new RememberedPeers(oneHome.data()).all().containsKey(other.peerId()));
        bootstrap.abort();
        var address = other.addresses().getFirst();
        one.close();
        other.close();
        for (var home : List.of(oneHome, otherHome)) {
            Files.delete(home.data().resolve("rmb.mv.db"));
            Files.delete(home.data().resolve("rmb.run"));
        }

        var otherAgain = agents.start(otherHome, config.withListen(List.of(address)));
        var oneAgain = agents.start(oneHome, config);
        Eventually.holds("they are connected again", () -> areConnected(oneAgain, otherAgain));
    }

    @Test
    void aDomainNamesTheFirstAddresses() throws Exception {
        var bootstrap = agents.start();
        var names = new Names("example.org", TestAgents.reachableAt(bootstrap));
        var config =
                TestAgents.config().withBootstrap(List.of(Multiaddr.parse("/dnsaddr/example.org")));
        var joining = agents.start(agents.home(), config, names);
        Eventually.holds("it has joined", () -> areConnected(joining, bootstrap));
    }

    private static AgentConfig offering(AgentConfig config) {
        return config.withOfferings(List.of(Offering.of("barber", Map.of("city", "ghent"))));
    }

    private static boolean allKnowEachOther(List<Agent> running) {
        return running.stream()
                .allMatch(one ->
                        running.stream()
                                .filter(other -> other != one)
                                .allMatch(other -> knowsWhereItIs(one, other)));
    }

    private static boolean knowsWhereItIs(Agent one, Agent other) {
        return one.contacts()
                .find(other.peerId())
                .filter(contact -> !contact.hidden())
                .filter(contact -> contact.addresses().containsAll(other.addresses()))
                .isPresent();
    }

    private static boolean areConnected(Agent one, Agent other) {
        return one.neighbours().contains(other.peerId())
                && other.neighbours().contains(one.peerId());
    }

    private static boolean findsTheBarber(Agent asker) {
        try {
            return !asker.find(BARBERS, 6, 1, TestAgents.PATIENCE.dividedBy(5)).records().isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// A DNS with one name.
    private record Names(String domain, Multiaddr address) implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            throw new UnknownHostException(host);
        }

        @Override
        public List<String> texts(String name) {
            assertThat(name).isEqualTo("_dnsaddr." + domain);
            return List.of("v=spf1 -all", "dnsaddr=" + address);
        }
    }
}
