package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.memory.MemoryHost;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/// What three peers, of which each knows the others, say on their streams by the versions that they
/// speak.
final class SpokenVersionsTest {
    private static final String TOPIC = "topic";
    private static final Bytes LARGE = Bytes.wrap(new byte[2_048]);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<MemoryHost> hosts = new ArrayList<>();
    private final List<GossipSub> gossips = new ArrayList<>();
    private final AtomicInteger heard = new AtomicInteger();

    @AfterEach
    void closeAll() {
        gossips.forEach(GossipSub::close);
        hosts.forEach(MemoryHost::close);
    }

    private void meet(GossipVersion... newest) throws InterruptedException {
        for (var version : newest) {
            var seed = Seeds.bytes(new SplittableRandom(hosts.size()), 32);
            var host = new MemoryHost(KeyPair.ed25519(Bytes.wrap(seed)));
            var config = GossipConfig.defaults();
            var only = List.of(GossipVersion.values()).subList(0, version.ordinal() + 1);
            var streams = config.streams().withVersions(only);
            var gossip = GossipSub.start(host, config.withStreams(streams));
            gossip.subscribe(TOPIC, Validator.ACCEPT_ALL, _ -> heard.incrementAndGet());
            hosts.forEach(host::connect);
            hosts.add(host);
            gossips.add(gossip);
        }
        var others = newest.length - 1;
        for (var gossip : gossips) {
            // Who is in the topic said so on the stream, of which the router then knew.
            Eventually.holds("the others", () -> gossip.peers(TOPIC).size() == others);
            Eventually.holds("the mesh", () -> gossip.mesh(TOPIC).size() == others);
        }
    }

    private long all(ToLongFunction<GossipCounters> counter) {
        return gossips.stream().map(GossipSub::counters).mapToLong(counter).sum();
    }

    @Test
    void ofTwoThatGetALargeMessageEachTellsTheOneThatDidNotSendIt() throws Exception {
        meet(GossipVersion.V1_2, GossipVersion.V1_2, GossipVersion.V1_2);
        gossips.getFirst().publish(TOPIC, LARGE);
        Eventually.holds("both told", () -> all(GossipCounters::dontWantsSent) == 2);
        Eventually.holds("it was heard", () -> all(GossipCounters::dontWantsReceived) == 2);
    }

    @Test
    void aPeerOfVersion11SpeaksNothingNewerInEitherDirection() throws Exception {
        meet(GossipVersion.V1_2, GossipVersion.V1_2, GossipVersion.V1_1);
        gossips.getFirst().publish(TOPIC, LARGE);
        Eventually.holds("both have it", () -> heard.get() == 2);
        var old = gossips.getLast().counters();
        assertThat(old.dontWantsSent()).isZero();
        assertThat(old.dontWantsReceived()).isZero();
        var connection = hosts.getFirst().connections(hosts.getLast().peerId()).getFirst();
        assertThatThrownBy(() -> connection.open(List.of("/meshsub/1.2.0"), LIMIT))
                .isInstanceOf(ProtocolException.class);
    }
}
