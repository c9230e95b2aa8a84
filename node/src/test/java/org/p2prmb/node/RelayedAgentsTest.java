package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.ReachConfig;
import org.p2prmb.node.config.RelayUse;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Agents that nobody can dial, for they do not listen, and one that is a relay.
@Timeout(120)
final class RelayedAgentsTest {
    @TempDir Path folder;

    private TestAgents agents;

    @BeforeEach
    void open() {
        agents = new TestAgents(folder);
    }

    @AfterEach
    void close() {
        agents.close();
    }

    private Agent relay() throws IOException {
        return agents.start(TestAgents.config().withReach(ReachConfig.defaults().withServe(true)));
    }

    private Agent hidden(Agent relay) throws IOException {
        return agents.start(TestAgents.config(relay).withListen(List.of()));
    }

    private static boolean isAnnounced(Agent agent) {
        return agent.announced().stream().anyMatch(address -> address.isCircuit());
    }

    private static boolean knowsTheWay(Agent agent, Agent to) {
        var addresses = agent.contacts().find(to.peerId()).map(Contact::addresses);
        return addresses.filter(known -> known.equals(to.announced())).isPresent();
    }

    @Test
    void theyAnnounceTheRelayAndAreSentMessagesThroughIt() throws Exception {
        var relay = relay();
        var callee = hidden(relay);
        var caller = hidden(relay);
        Eventually.holds("they have places", () -> isAnnounced(callee) && isAnnounced(caller));
        assertThat(callee.announced())
                .allSatisfy(address -> assertThat(address.relay()).isPresent());
        Eventually.holds("the caller knows the way", () -> knowsTheWay(caller, callee));
        var sent =
                caller.send(
                        callee.peerId(),
                        "echo",
                        RmbMessage.JSON,
                        Bytes.utf8("\"hello\""),
                        TestAgents.PATIENCE,
                        "");
        assertThat(sent.outcome())
                .isInstanceOfSatisfying(
                        Outcome.Answered.class,
                        answer -> assertThat(answer.payload()).isEqualTo(Bytes.utf8("\"hello\"")));
        assertThat(caller.host().connections(callee.peerId()))
                .isNotEmpty()
                .allSatisfy(connection -> {
                    assertThat(connection.remoteAddress().isCircuit()).isTrue();
                    assertThat(connection.limit().limits()).isTrue();
                });
        assertThat(caller.verifiedContacts(10))
                .anySatisfy(living -> {
                    assertThat(living.contact().peer()).isEqualTo(callee.peerId());
                    assertThat(living.alive()).isTrue();
                });
        // Whom a relay brings is no neighbour: the relay will end it.
        assertThat(caller.neighbours()).containsExactly(relay.peerId());
    }

    @Test
    void aRelayThatComesBackHasThemAgain() throws Exception {
        var home = agents.home();
        var config = TestAgents.config().withReach(ReachConfig.defaults().withServe(true));
        var relay = agents.start(home, config);
        var port = relay.addresses();
        var hidden = hidden(relay);
        Eventually.holds("it has a place", () -> isAnnounced(hidden));
        relay.close();
        Eventually.holds("it has none", () -> !isAnnounced(hidden));
        agents.start(home, config.withListen(port));
        Eventually.holds("it has one again", () -> isAnnounced(hidden));
    }

    @Test
    void anAgentThatNobodyReachesHearsSoAndTakesARelay() throws Exception {
        var open = ReachConfig.defaults().withAutoNatPrivate(true);
        var relay = agents.start(TestAgents.config().withReach(open.withServe(true)));
        // As behind a router that forwards nothing: what it announces leads nowhere.
        var nowhere = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
        var config = TestAgents.config(relay).withReach(open);
        var agent =
                agents.start(config.withOperator(config.operator().withAnnounce(List.of(nowhere))));
        Eventually.holds("it has a place", () -> isAnnounced(agent));
        assertThat(agent.announced()).contains(nowhere);
    }

    @Test
    void whoDoesNotWantRelaysAsksNone() throws Exception {
        var relay = relay();
        var never = ReachConfig.defaults().withUse(RelayUse.NEVER);
        var hidden = agents.start(TestAgents.config(relay).withListen(List.of()).withReach(never));
        var other = hidden(relay);
        Eventually.holds("the other has a place", () -> isAnnounced(other));
        assertThat(hidden.announced()).isEmpty();
    }
}
