package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.discovery.kademlia.OwnerRecordValidator;
import org.p2prmb.interop.KadNode.Kind;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.OwnerStatement;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Whole agents of ours publish and find owners in a DHT of others.
@PeerProgram.Needed({PeerProgram.RUST, PeerProgram.JS})
final class OwnerLookupTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir Path directory;

    private final KeyPair owner = KeyPair.generate(RANDOM);

    /// An agent of [#owner], whose record it publishes.
    private Agent start() throws IOException {
        var config =
                AgentConfig.defaults()
                        .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")))
                        .withDht(new DhtConfig(DhtMode.SERVER, true));
        return Agent.start(config, KeyPair.generate(RANDOM), owner.publicKey(), directory);
    }

    private static OwnerRecord record(Agent agent, KeyPair owner, long sequence) {
        var expiresAt = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
        return new OwnerRecord(
                owner.publicKey(), List.of(agent.peerId()), agent.addresses(), sequence, expiresAt);
    }

    @ParameterizedTest
    @EnumSource(names = {"RUST", "JS"})
    void theRecordOfOurOwnerIsFoundByOthers(Kind kind) throws Exception {
        var key = OwnerRecordValidator.key(owner.publicKey());
        var sequence = new AtomicLong();
        try (var agent = start();
                var other = kind.start()) {
            agent.host().connect(other.address(), Arrivals.PATIENCE);
            // What is published before the other is in the table goes to nobody for a minute.
            await().atMost(Arrivals.PATIENCE)
                    .until(() -> {
                        var record = record(agent, owner, sequence.incrementAndGet());
                        agent.serveOwner(record.seal(owner));
                        return other.get(key).isPresent();
                    });

            var found = OwnerStatement.open(other.get(key).orElseThrow());

            assertThat(found.record().owner()).isEqualTo(owner.publicKey());
            assertThat(found.record().agents()).containsExactly(agent.peerId());
            assertThat(found.record().addresses()).isEqualTo(agent.addresses());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RUST", "JS"})
    void weFindTheAgentOfAnOwnerThatAnotherPublished(Kind kind) throws Exception {
        try (var agent = start();
                var author = kind.start();
                var keeper = kind.start()) {
            author.join(keeper);
            keeper.awaitRouted(author.peerId());
            author.put(author.ownerRecord(1));
            keeper.awaitServed("PUT_VALUE");
            agent.host().connect(keeper.address(), Arrivals.PATIENCE);
            var theirOwner = author.peerId().inlinedKey().orElseThrow();

            await().atMost(Arrivals.PATIENCE)
                    .until(() -> agent.agentOf(theirOwner).equals(Optional.of(author.peerId())));
            keeper.awaitServed("GET_VALUE");
        }
    }
}
