package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.PATIENCE;
import static org.p2prmb.node.TestAgents.knows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.contacts.ContactsServer;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;
import org.p2prmb.protocols.search.SearchServer;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.Watchers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// What peers do wrong costs them their streams, and nobody else anything.
final class MisbehavingPeersTest {
    private static final String CONTACTS = ContactsServer.PROTOCOL;
    private static final Set<String> OURS =
            Set.of(CONTACTS, SearchServer.PROTOCOL, MessageServer.PROTOCOL, AliveFrame.PROTOCOL);
    private static final byte[] ENDLESS_LENGTH = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    private static final byte[] LARGE_LENGTH = {-1, -1, -1, 127};
    private static final byte[] HALF_A_FRAME = {100, 1, 2, 3};
    private static final byte[] EMPTY_FRAME = {0};

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
    @ValueSource(
            strings = {
                "/rmb/contacts/1.0.0",
                "/rmb/search/1.0.0",
                "/rmb/message/1.0.0",
                "/rmb/alive/1.0.0",
                "/ipfs/id/push/1.0.0",
                "/ipfs/ping/1.0.0",
                "/meshsub/1.1.0"
            })
    void anAgentSurvivesAPeerThatSpeaksGarbage(String protocol) throws Exception {
        var agent = agents.start();
        var other = agents.start(agent);
        var garbler = agents.host(KeyPair.generate(TestAgents.RANDOM));
        for (var garbage :
                List.of(ENDLESS_LENGTH, LARGE_LENGTH, HALF_A_FRAME, EMPTY_FRAME, random())) {
            var connection = garbler.connect(agent.peerId(), agent.addresses(), PATIENCE);
            say(connection, protocol, garbage);
        }
        works(agent, other);
    }

    @Test
    void anAgentSurvivesANeighbourThatAnswersGarbage() throws Exception {
        var garbler = agents.host(KeyPair.generate(TestAgents.RANDOM));
        var streams = new AtomicInteger();
        for (var protocol : OURS) {
            garbler.handle(
                    protocol,
                    stream -> {
                        streams.incrementAndGet();
                        var garbage = random();
                        stream.write(garbage, 0, garbage.length);
                    });
        }
        var address = garbler.listenAddresses().getFirst().withPeer(garbler.peerId());
        var agent = agents.start(TestAgents.config().withBootstrap(List.of(address)));
        var other = agents.start(agent);
        Eventually.holds("it was asked", () -> streams.get() >= 2);
        works(agent, other);
        var told =
                agent.send(
                        garbler.peerId(),
                        "echo",
                        RmbMessage.JSON,
                        Bytes.utf8("hi"),
                        Duration.ofSeconds(1),
                        "fail-fast");
        assertThat(told.outcome()).isNotInstanceOf(Outcome.Answered.class);
    }

    @Test
    void aNeighbourThatNeverAnswersDelaysNobody() throws Exception {
        var silent = agents.host(KeyPair.generate(TestAgents.RANDOM));
        for (var protocol : OURS) {
            silent.handle(protocol, MisbehavingPeersTest::readToTheEnd);
        }
        var address = silent.listenAddresses().getFirst().withPeer(silent.peerId());
        var agent = agents.start(TestAgents.config().withBootstrap(List.of(address)));
        var other = agents.start(agent);
        works(agent, other);
    }

    @Test
    void aPeerThatFloodsWithPingsLosesItsLink() throws Exception {
        var agent = agents.start();
        var other = agents.start(agent);
        var flooder = agents.host(KeyPair.generate(TestAgents.RANDOM));
        var connection = flooder.connect(agent.peerId(), agent.addresses(), PATIENCE);
        var ping = new AliveFrame.Ping(7).encoded().unsafeArray();
        try (var stream = connection.open(List.of(AliveFrame.PROTOCOL), PATIENCE)) {
            stream.deadline(PATIENCE);
            assertThat(writesUntilRefused(stream, ping)).isLessThan(1_000_000);
        }
        works(agent, other);
    }

    @Test
    void aLeaseOfSomebodyElseIsNotBelieved() throws Exception {
        var agent = agents.start();
        var other = agents.start(agent);
        Eventually.holds("it is known", () -> knows(agent, other.peerId()));
        var liar = agents.host(KeyPair.generate(TestAgents.RANDOM));
        var victim = KeyPair.generate(TestAgents.RANDOM);
        var lease =
                new Lease(
                        victim.peerId(),
                        1,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(1),
                        Watchers.NONE.commitment(),
                        1,
                        true);
        var frame =
                new AliveFrame.Leased(new Renewal(SignedLease.seal(lease, victim), Watchers.NONE))
                        .encoded();
        var connection = liar.connect(agent.peerId(), agent.addresses(), PATIENCE);
        try (var stream = connection.open(List.of(AliveFrame.PROTOCOL), PATIENCE)) {
            stream.deadline(PATIENCE);
            Frames.write(stream, frame.unsafeArray());
            assertThat(endsWithAnError(stream)).isTrue();
        }
        works(agent, other);
    }

    @Test
    void aPeerHasOneAliveStreamAndItIsTheNewest() throws Exception {
        var agent = agents.start();
        var greedy = agents.host(KeyPair.generate(TestAgents.RANDOM));
        var connection = greedy.connect(agent.peerId(), agent.addresses(), PATIENCE);
        var older = alive(connection);
        var newer = alive(connection);
        assertThat(endsWithAnError(older)).isTrue();
        Frames.write(newer, new AliveFrame.Ping(8).encoded().unsafeArray());
        AliveFrame frame;
        do {
            frame = AliveFrame.decode(Bytes.wrap(Frames.read(newer, AliveFrame.BYTES_MAX)));
        } while (!(frame instanceof AliveFrame.Pong pong && pong.nonce() == 8));
    }

    /// A stream that the agent has answered on.
    private static Stream alive(Connection connection) throws IOException {
        var stream = connection.open(List.of(AliveFrame.PROTOCOL), PATIENCE);
        stream.deadline(PATIENCE);
        Frames.write(stream, new AliveFrame.Ping(7).encoded().unsafeArray());
        Frames.read(stream, AliveFrame.BYTES_MAX);
        return stream;
    }

    private static int writesUntilRefused(Stream stream, byte[] frame) {
        var writes = 0;
        try {
            while (writes < 1_000_000) {
                Frames.write(stream, frame);
                writes++;
            }
        } catch (IOException _) {
            return writes; // The agent has reset it.
        }
        return writes;
    }

    private static boolean endsWithAnError(Stream stream) {
        var dropped = new byte[4_096];
        try {
            while (stream.read(dropped, 0, dropped.length) >= 0) {
                continue; // What it says before it ends does not matter.
            }
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static void say(Connection connection, String protocol, byte[] garbage) {
        try (var stream = connection.open(List.of(protocol), PATIENCE)) {
            stream.deadline(PATIENCE);
            stream.write(garbage, 0, garbage.length);
            stream.closeWrite();
            readToTheEnd(stream);
        } catch (IOException _) {
            return; // The agent ended the stream or the connection, as it may.
        }
    }

    private static void readToTheEnd(Stream stream) throws IOException {
        var dropped = new byte[4_096];
        int count;
        do {
            count = stream.read(dropped, 0, dropped.length);
        } while (count >= 0);
    }

    private static byte[] random() {
        var bytes = new byte[2_000];
        TestAgents.RANDOM.nextBytes(bytes);
        return bytes;
    }

    /// Both still find, ask and see each other, and a third joins them.
    private void works(Agent agent, Agent other) throws Exception {
        Eventually.holds(
                "they know each other",
                () -> knows(agent, other.peerId()) && knows(other, agent.peerId()));
        var echo =
                other.send(agent.peerId(), "echo", RmbMessage.JSON, Bytes.utf8("hi"), PATIENCE, "");
        assertThat(echo.outcome())
                .isEqualTo(new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("hi")));
        var baker = Offering.of("baker", Map.of());
        var third = agents.start(TestAgents.config(agent).withOfferings(List.of(baker)));
        Eventually.holds(
                "a third is its neighbour", () -> agent.neighbours().contains(third.peerId()));
        var found = other.find(SearchCondition.of("baker", Map.of()), 3, 4, Duration.ofSeconds(2));
        assertThat(found.records()).extracting(record -> record.peer()).contains(third.peerId());
        assertThat(agent.failure()).isNotDone();
    }
}
