package org.p2prmb.libp2p.gossipsub;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.memory.MemoryHost;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A peer that subscribes, and then reads nothing.
final class StalledPeerTest {
    private static final String TOPIC = "topic";

    private static MemoryHost host(int number) {
        return new MemoryHost(
                KeyPair.ed25519(Bytes.wrap(Seeds.bytes(new SplittableRandom(number), 32))));
    }

    @Test
    void itsStreamIsResetWhenItKeepsUsWaiting() throws Exception {
        var streams = GossipStreams.defaults().withWriteMax(Duration.ofMillis(200));
        isWrittenAgain(streams, _ -> {});
    }

    /// It keeps us waiting, and answers where nobody answers.
    @Test
    void itsStreamIsResetWhenItAnswersOnIt() throws Exception {
        isWrittenAgain(GossipStreams.defaults(), stream -> stream.write(new byte[1], 0, 1));
    }

    /// @param then what the peer does on our stream once it has kept a write waiting
    private static void isWrittenAgain(GossipStreams streams, StreamHandler then) throws Exception {
        var victim = host(1);
        var stalled = host(2);
        var opened = new AtomicInteger();
        var written = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        stalled.handle(
                "/floodsub/1.0.0",
                stream -> {
                    opened.incrementAndGet();
                    written.await();
                    then.serve(stream);
                    gate.await();
                });
        try (var gossip = GossipSub.start(victim, GossipConfig.defaults().withStreams(streams))) {
            var connection = stalled.connect(victim);
            var stream = connection.open(List.of("/floodsub/1.0.0"), Duration.ofSeconds(10));
            var hello = Rpc.of(List.of(new SubscriptionChange(true, TOPIC)));
            Frames.write(stream, RpcWriter.encode(hello).getFirst().toArray());
            Eventually.holds("its subscription", () -> gossip.peers(TOPIC).size() == 1);
            var large = Bytes.wrap(new byte[streams.dataBytesMax()]);
            for (var number = 0; number < 100; number++) { // More than a pipe takes.
                gossip.publish(TOPIC, large);
            }
            written.countDown();
            Eventually.holds("a second stream", () -> opened.get() > 1);
        } finally {
            written.countDown();
            gate.countDown();
            victim.close();
            stalled.close();
        }
    }
}
