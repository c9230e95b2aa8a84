package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.p2prmb.node.TestAgents.PATIENCE;
import static org.p2prmb.node.TestAgents.knows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ExecConfig;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;

/// Real agents over loopback TCP, each with its own store.
final class AgentTest {
    private static final SearchCondition BARBER_IN_GHENT =
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
    void agentsLearnOfEachOtherThroughTheirFirstAddress() throws Exception {
        var first = agents.start();
        var alice = agents.start(first);
        var bob = agents.start(first);
        Eventually.holds(
                "alice and bob meet",
                () -> knows(alice, bob.peerId()) && knows(bob, alice.peerId()));
    }

    @Test
    void aSearchFindsAnAgentThatOnlyANeighbourIsConnectedWith() throws Exception {
        var first = agents.start();
        var barber = agents.start(TestAgents.config(first).withOfferings(List.of(barber("ghent"))));
        var other = agents.start(TestAgents.config(first).withOfferings(List.of(barber("lyon"))));
        var asker = agents.start(TestAgents.config(first).withNeighboursMax(1));
        Eventually.holds(
                "all have joined",
                () -> first.neighbours().size() == 3 && !asker.neighbours().isEmpty());
        var answer = asker.find(BARBER_IN_GHENT, 3, 8, Duration.ofSeconds(5));
        assertThat(answer.records())
                .extracting(SignedContact::peer)
                .containsExactly(barber.peerId())
                .doesNotContain(other.peerId());
        Eventually.holds(
                "the answer is remembered",
                () -> asker.contacts().find(barber.peerId()).isPresent());
    }

    @Test
    void aMessageIsAnsweredOnceAndAnUnknownCommandSaysSo() throws Exception {
        var first = agents.start();
        var alice = agents.start(first);
        Eventually.holds("alice is known", () -> knows(first, alice.peerId()));
        var answered = send(first, alice.peerId(), "echo", "hello");
        assertThat(answered).isEqualTo(new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("hello")));
        assertThat(send(first, alice.peerId(), "nothing.here", ""))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(404));
        assertThat(send(first, alice.peerId(), "agent.info", "{}"))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(403));
    }

    @Test
    void aKilledAgentLeavesTheContactLists() throws Exception {
        var first = agents.start();
        var alice = agents.start(first);
        var bob = agents.start(first);
        Eventually.holds(
                "both know bob", () -> knows(alice, bob.peerId()) && knows(first, bob.peerId()));
        bob.abort();
        Eventually.holds(
                "both miss bob", () -> !knows(first, bob.peerId()) && !knows(alice, bob.peerId()));
        assertThat(first.verifiedContacts(10))
                .extracting(listed -> listed.contact().peer())
                .contains(alice.peerId())
                .doesNotContain(bob.peerId());
    }

    @Test
    void anAgentThatLeavesIsForgottenAtOnce() throws Exception {
        var first = agents.start();
        var alice = agents.start(first);
        Eventually.holds("alice is known", () -> knows(first, alice.peerId()));
        var start = Instant.now();
        alice.close();
        Eventually.holds("alice is forgotten", () -> !knows(first, alice.peerId()));
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void anAgentIsFoundByItsOwnersKeyOnlyWhenTheOwnerSignedIt() throws Exception {
        var first = agents.start();
        var alice = agents.start(first);
        var bob = agents.start(first);
        var owner = KeyPair.generate(TestAgents.RANDOM);
        Eventually.holds(
                "both have joined",
                () -> !alice.neighbours().isEmpty() && !bob.neighbours().isEmpty());
        assertThat(bob.agentOf(owner.publicKey())).isEmpty();
        var record =
                new OwnerRecord(
                        owner.publicKey(),
                        List.of(first.peerId()),
                        List.of(),
                        1,
                        Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3_600));
        assertThat(first.serveOwner(record.seal(owner))).isTrue();
        assertThat(bob.agentOf(owner.publicKey())).contains(first.peerId());
    }

    private Outcome send(Agent from, PeerId to, String command, String payload)
            throws InterruptedException {
        return from.send(to, command, RmbMessage.JSON, Bytes.utf8(payload), PATIENCE, "").outcome();
    }

    private static Offering barber(String city) {
        return Offering.of("barber", Map.of("city", city));
    }

    @Test
    void agentsThatDialEachOtherAtTheSameTimeSettle() throws Exception {
        var home = agents.home();
        var otherHome = agents.home();
        // Both ports are known before either agent runs.
        var probe = agents.start(home, TestAgents.config());
        var otherProbe = agents.start(otherHome, TestAgents.config());
        var address = TestAgents.reachableAt(probe);
        var otherAddress = TestAgents.reachableAt(otherProbe);
        probe.close();
        otherProbe.close();
        var starting = new FutureTask<>(() -> agents.start(home, listening(address, otherAddress)));
        Thread.ofVirtual().start(starting);
        var other = agents.start(otherHome, listening(otherAddress, address));
        var agent = starting.get();
        Eventually.holds(
                "each is the other's neighbour and contact",
                () ->
                        agent.neighbours().equals(List.of(other.peerId()))
                                && other.neighbours().equals(List.of(agent.peerId()))
                                && knows(agent, other.peerId())
                                && knows(other, agent.peerId()));
        assertThat(send(agent, other.peerId(), "echo", "hi"))
                .isEqualTo(new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("hi")));
        assertThat(send(other, agent.peerId(), "echo", "hi"))
                .isEqualTo(new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("hi")));
        assertThat(agent.verifiedContacts(10))
                .extracting(LivingContact::alive)
                .containsExactly(true);
    }

    @Test
    void aNeighbourIsTriedAtAllOfItsFirstAddresses() throws Exception {
        var first = agents.start();
        var works = TestAgents.reachableAt(first);
        var dead = Multiaddr.parse("/ip4/127.0.0.1/tcp/1").withPeer(first.peerId());
        var alice = agents.start(TestAgents.config().withBootstrap(List.of(dead, works)));
        Eventually.holds("joined", () -> alice.neighbours().contains(first.peerId()));
    }

    @Test
    void aHandlerMayNotTakeTheNameOfABuiltInCommand() {
        for (var taken : List.of("echo", "search.find", "handlers.listen")) {
            var handler = ExecConfig.of(taken, "/bin/true", List.of());
            var config = TestAgents.config().withHandlers(List.of(handler));
            var home = agents.home();
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> agents.start(home, config))
                    .withMessageContaining(taken);
            // Nothing is left open: the same home can be used at once.
            assertThatCode(() -> agents.start(home, TestAgents.config()).close())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aConfiguredProgramAnswersAndUsesItsGrant() throws Exception {
        var script =
                Files.writeString(
                        directory.resolve("find.sh"),
                        """
                        read -r call
                        echo '{"command": "search.find", "arguments": {"tag": "barber"}}'
                        read -r result
                        printf '{"answer": %s}\n' "$result"
                        """);
        var handler =
                new ExecConfig(
                        "barbers",
                        "/bin/sh",
                        List.of(script.toString()),
                        AccessRule.ANYONE,
                        Duration.ofSeconds(20),
                        65_536,
                        List.of("search.find"));
        var config = TestAgents.config().withHandlers(List.of(handler));
        var agent = agents.start(config.withOfferings(List.of(barber("ghent"))));
        var asker = agents.start(agent);
        Eventually.holds("they know each other", () -> knows(asker, agent.peerId()));
        assertThat(send(asker, agent.peerId(), "barbers", "{}"))
                .isInstanceOfSatisfying(
                        Outcome.Answered.class,
                        answer ->
                                assertThat(answer.payload().toUtf8())
                                        .contains(agent.peerId().toString()));
    }

    private static AgentConfig listening(Multiaddr at, Multiaddr bootstrap) {
        return TestAgents.config()
                .withListen(List.of(at.withoutPeer()))
                .withBootstrap(List.of(bootstrap));
    }
}
