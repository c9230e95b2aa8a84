package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.PATIENCE;
import static org.p2prmb.node.TestAgents.knows;
import static org.p2prmb.node.TestAgents.knowsRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Agents that end, in whatever way, and start again from the same home on the same port.
final class AgentRestartTest {
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
    void aRepeatedRequestRunsItsHandlerOnceEvenAcrossACrash() throws Exception {
        var runs = new AtomicInteger();
        var home = agents.home();
        var agent = agents.start(home, TestAgents.config());
        count(agent, runs);
        var keys = KeyPair.generate(TestAgents.RANDOM);
        var before = agents.client(keys, agent);
        var request = before.request("count", "{}");
        assertThat(before.call(request)).isEqualTo(answered("1"));
        assertThat(before.call(request)).isEqualTo(answered("1"));
        agent.abort();
        var again = agents.start(home, restarting(agent));
        count(again, runs);
        var after = agents.client(keys, again);
        assertThat(after.call(request)).isEqualTo(answered("1"));
        assertThat(after.call(after.request("count", "{}"))).isEqualTo(answered("2"));
        assertThat(runs).hasValue(2);
    }

    @Test
    void aKilledAgentThatComesBackReturnsToTheListsOfOthers() throws Exception {
        var first = agents.start();
        var home = agents.home();
        var bob = agents.start(home, TestAgents.config(first));
        var alice = agents.start(first);
        Eventually.holds(
                "both know bob",
                () -> knowsRecord(first, bob.peerId()) && knowsRecord(alice, bob.peerId()));
        var sequence = sequence(first, bob.peerId());
        bob.abort();
        Eventually.holds(
                "both miss bob", () -> !knows(first, bob.peerId()) && !knows(alice, bob.peerId()));
        var again = agents.start(home, restarting(bob));
        Eventually.holds(
                "both see bob again",
                () -> knows(first, bob.peerId()) && knows(alice, bob.peerId()));
        Eventually.holds(
                "bob's record is a newer one", () -> sequence(first, bob.peerId()) > sequence);
        Eventually.holds(
                "bob is a neighbour again", () -> first.neighbours().contains(again.peerId()));
    }

    @Test
    void theLeaseOfAnAgentThatCrashedIsANewerOne() throws Exception {
        var home = agents.home();
        var agent = agents.start(home, TestAgents.config());
        var before = leaseSequence(agent);
        agent.abort();
        var again = agents.start(home, restarting(agent));
        assertThat(leaseSequence(again)).isGreaterThan(before);
    }

    /// Of the lease that the agent gives to those who ask.
    private long leaseSequence(Agent agent) throws Exception {
        var asker = agents.host(KeyPair.generate(TestAgents.RANDOM));
        var connection = asker.connect(agent.peerId(), agent.addresses(), TestAgents.PATIENCE);
        try (var stream = connection.open(List.of(AliveFrame.PROTOCOL), TestAgents.PATIENCE)) {
            stream.deadline(TestAgents.PATIENCE);
            Frames.write(stream, new AliveFrame.Ping(1, 0).encoded().unsafeArray());
            while (true) {
                var frame = Frames.read(stream, AliveFrame.BYTES_MAX);
                switch (AliveFrame.decode(Bytes.wrap(frame))) {
                    case AliveFrame.Leased(var renewal) -> {
                        return renewal.lease().lease().sequence();
                    }
                    case AliveFrame.Pong pong when pong.renewal().isPresent() -> {
                        return pong.renewal().get().lease().lease().sequence();
                    }
                    default -> {} // It has not signed one yet: without watchers it sends it then.
                }
            }
        }
    }

    @Test
    void anAgentThatLeftInOrderComesBackToo() throws Exception {
        var first = agents.start();
        var home = agents.home();
        var bob = agents.start(home, TestAgents.config(first));
        Eventually.holds("bob is known", () -> knowsRecord(first, bob.peerId()));
        bob.close();
        Eventually.holds("bob has left", () -> !knows(first, bob.peerId()));
        agents.start(home, restarting(bob));
        Eventually.holds("bob is back", () -> knows(first, bob.peerId()));
    }

    @Test
    void theFirstAgentMayRestartWhileOthersLookForIt() throws Exception {
        var home = agents.home();
        var first = agents.start(home, TestAgents.config());
        var alice = agents.start(first);
        Eventually.holds("they are neighbours", () -> first.neighbours().contains(alice.peerId()));
        first.abort();
        var again = agents.start(home, restarting(first));
        Eventually.holds(
                "they are neighbours again, on both sides",
                () ->
                        again.neighbours().contains(alice.peerId())
                                && alice.neighbours().contains(again.peerId()));
        Eventually.holds("alice believes it alive", () -> knows(alice, again.peerId()));
    }

    @Test
    void aMessageIsReadableByAnAgentThatRestartedWithAnotherSealingKey() throws Exception {
        var home = agents.home();
        var bob = agents.start(home, TestAgents.config());
        var alice = agents.start(bob);
        Eventually.holds("alice has bob's record", () -> knowsRecord(alice, bob.peerId()));
        assertThat(echo(alice, bob.peerId())).isEqualTo(answered("hello"));
        bob.abort();
        agents.start(home, restarting(bob));
        assertThat(echo(alice, bob.peerId())).isEqualTo(answered("hello"));
    }

    @Test
    void closingIsNoFailureOfAnyPart() throws Exception {
        var first = agents.start();
        var alice = agents.start(first);
        Eventually.holds("they are neighbours", () -> first.neighbours().contains(alice.peerId()));
        alice.close();
        first.abort();
        assertThat(alice.failure()).isNotDone();
        assertThat(first.failure()).isNotDone();
    }

    private static Outcome echo(Agent from, PeerId to) throws InterruptedException {
        return from.send(to, "echo", RmbMessage.JSON, Bytes.utf8("hello"), PATIENCE, "").outcome();
    }

    private static long sequence(Agent agent, PeerId peer) {
        return agent.contacts().find(peer).map(Contact::sequence).orElse(-1L);
    }

    private static void count(Agent agent, AtomicInteger runs) {
        agent.handlers()
                .register(
                        "count",
                        AccessRule.ANYONE,
                        _ -> Answer.json(String.valueOf(runs.incrementAndGet())));
    }

    private static Outcome answered(String json) {
        return new Outcome.Answered(RmbMessage.JSON, Bytes.utf8(json));
    }

    /// On the port that it had before.
    private static AgentConfig restarting(Agent agent) {
        return agent.config().withListen(agent.addresses());
    }
}
