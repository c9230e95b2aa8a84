package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Real agents over loopback TCP, each with its own store.
final class AgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SearchCondition BARBER_IN_GHENT =
            SearchCondition.of("barber", Map.of("city", "ghent"));

    @TempDir private Path directory;
    private final List<Agent> agents = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();

    @AfterEach
    void stopAll() {
        agents.forEach(Agent::close);
    }

    @Test
    void agentsLearnOfEachOtherThroughTheirFirstAddress() throws Exception {
        var first = start();
        var alice = start(first);
        var bob = start(first);
        eventually(() -> knows(alice, bob.peerId()) && knows(bob, alice.peerId()));
    }

    @Test
    void aSearchFindsAnAgentThatOnlyANeighbourIsConnectedWith() throws Exception {
        var first = start();
        var barber = start(config(first).withOfferings(List.of(barber("ghent"))));
        var other = start(config(first).withOfferings(List.of(barber("lyon"))));
        var asker = start(config(first).withNeighboursMax(1));
        eventually(() -> first.neighbours().size() == 3 && !asker.neighbours().isEmpty());
        var answer = asker.find(BARBER_IN_GHENT, 3, 8, Duration.ofSeconds(5));
        assertThat(answer.records())
                .extracting(SignedContact::peer)
                .containsExactly(barber.peerId())
                .doesNotContain(other.peerId());
        eventually(() -> asker.contacts().find(barber.peerId()).isPresent());
    }

    @Test
    void aMessageIsAnsweredOnceAndAnUnknownCommandSaysSo() throws Exception {
        var first = start();
        var alice = start(first);
        eventually(() -> knows(first, alice.peerId()));
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
        var first = start();
        var alice = start(first);
        var bob = start(first);
        eventually(() -> knows(alice, bob.peerId()) && knows(first, bob.peerId()));
        bob.abort();
        eventually(() -> !knows(first, bob.peerId()) && !knows(alice, bob.peerId()));
        assertThat(first.verifiedContacts(10))
                .extracting(listed -> listed.contact().peer())
                .contains(alice.peerId())
                .doesNotContain(bob.peerId());
    }

    @Test
    void anAgentThatLeavesIsForgottenAtOnce() throws Exception {
        var first = start();
        var alice = start(first);
        eventually(() -> knows(first, alice.peerId()));
        var start = Instant.now();
        alice.close();
        agents.remove(alice);
        eventually(() -> !knows(first, alice.peerId()));
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void anAgentIsFoundByItsOwnersKeyOnlyWhenTheOwnerSignedIt() throws Exception {
        var first = start();
        var alice = start(first);
        var bob = start(first);
        var owner = KeyPair.generate(random);
        eventually(() -> !alice.neighbours().isEmpty() && !bob.neighbours().isEmpty());
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

    private static boolean knows(Agent agent, PeerId peer) {
        return agent.contacts().find(peer).filter(contact -> !contact.hidden()).isPresent();
    }

    private static Offering barber(String city) {
        return Offering.of("barber", Map.of("city", city));
    }

    private Agent start(Agent... bootstrap) throws IOException {
        return start(config(bootstrap));
    }

    private AgentConfig config(Agent... bootstrap) {
        var addresses = new ArrayList<Multiaddr>();
        for (var agent : bootstrap) {
            addresses.add(agent.addresses().getFirst().withPeer(agent.peerId()));
        }
        return AgentConfig.defaults()
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")))
                .withBootstrap(addresses)
                .withImAliveInterval(Duration.ofSeconds(1));
    }

    private Agent start(AgentConfig config) throws IOException {
        var keys = KeyPair.generate(random);
        var owner = KeyPair.generate(random).publicKey();
        var agent = Agent.start(config, keys, owner, directory.resolve(keys.peerId().toString()));
        agents.add(agent);
        return agent;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        var deadline = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            assertThat(Instant.now()).as("still waiting").isBefore(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
