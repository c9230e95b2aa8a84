package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.id;
import static org.p2prmb.libp2p.gossipsub.RouterRig.message;

import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

final class OutboundQueueTest {
    private static final Rpc CONTROL = Rpc.of(List.of(new SubscriptionChange(true, TOPIC)));
    private static final GossipStreams LIMITS = GossipConfig.defaults().streams();

    private final LongAdder dropped = new LongAdder();
    private final SendRoom room = new SendRoom(LIMITS.allQueuedBytesMax(), dropped);
    private final AtomicLong nanos = new AtomicLong();
    private final OutboundQueue queue = queue(room);

    private OutboundQueue queue(SendRoom shared) {
        return new OutboundQueue(LIMITS, shared, nanos::get);
    }

    @Test
    void controlGoesFirst() throws Exception {
        queue.offer(message(1));
        queue.offer(CONTROL);
        assertThat(queue.take().control()).containsExactly(CONTROL);
        assertThat(queue.take().messages()).containsExactly(message(1));
    }

    @Test
    void whatIsNotWantedTravelsTogetherAndFirstAndIsDroppedWhenThereIsTooMuch() throws Exception {
        queue.offer(CONTROL);
        for (var number = 0; number < LIMITS.queuedDontWantsMax() + 1; number++) {
            var word = new Idontwant(List.of(id(number)));
            assertThat(queue.offer(Rpc.of(Control.ofIdontwant(List.of(word))))).isTrue();
        }
        var batch = queue.take().control();
        assertThat(batch).hasSize(2).contains(CONTROL, Index.atIndex(1));
        assertThat(batch.getFirst().control().idontwant().getFirst().ids())
                .hasSize(LIMITS.queuedDontWantsMax())
                .doesNotContain(id(LIMITS.queuedDontWantsMax()));
    }

    @Test
    void messagesTravelTogetherAsFarAsOneRpcReaches() throws Exception {
        for (var number = 0; number < 100; number++) {
            queue.offer(message(number, TOPIC, 1_000));
        }
        assertThat(queue.take().messages()).hasSize(65);
        assertThat(queue.take().messages()).hasSize(35);
    }

    @Test
    void aMessageLargerThanAnRpcTravelsAlone() throws Exception {
        queue.offer(message(1, TOPIC, 100_000));
        queue.offer(message(2));
        assertThat(queue.take().messages()).containsExactly(message(1, TOPIC, 100_000));
        assertThat(queue.take().messages()).containsExactly(message(2));
    }

    @Test
    void theNewestMessageIsDroppedWhenThePeerIsTooSlow() throws Exception {
        var size = 100_000;
        var taken = 0;
        while (queue.offer(message(taken, TOPIC, size))) {
            taken++;
        }
        assertThat(taken).isEqualTo((int) (LIMITS.queuedBytesMax() / (size + 4)));
        assertThat(queue.take().messages()).containsExactly(message(0, TOPIC, size));
        assertThat(queue.offer(message(1, TOPIC, size))).isTrue();
    }

    @Test
    void lostControlBreaksTheStreamOffOnce() throws Exception {
        for (var number = 0; number < LIMITS.queuedControlsMax(); number++) {
            assertThat(queue.offer(CONTROL)).isTrue();
        }
        assertThat(queue.offer(CONTROL)).isFalse();
        assertThatThrownBy(queue::take).isInstanceOf(IOException.class);
        queue.offer(CONTROL);
        assertThat(queue.take().control()).hasSize(1);
    }

    @Test
    void aNewStreamKnowsThatTheOldOneWasBrokenOff() throws Exception {
        assertThat(queue.restart()).isFalse();
        queue.breakOff("the peer reset it");
        assertThat(queue.restart()).isTrue();
        queue.offer(CONTROL);
        assertThat(queue.take().control()).hasSize(1);
    }

    @Test
    void whatWaitedTooLongIsDropped() throws Exception {
        queue.offer(message(1));
        nanos.addAndGet(LIMITS.queuedMax().toNanos());
        queue.offer(message(2));
        nanos.incrementAndGet();
        assertThat(queue.take().messages()).containsExactly(message(2));
        assertThat(dropped.sum()).isEqualTo(1);
        assertThat(room.free()).isEqualTo(LIMITS.allQueuedBytesMax());
    }

    /// However many peers read nothing, there is room for one more.
    @Test
    void allQueuesTogetherHaveABoundAndThoseWhoReadNothingTakeNoRoomFromOthers() {
        var size = 10_000;
        var shared = new SendRoom(8 << 20, dropped);
        var stalled = Stream.generate(() -> queue(shared)).limit(100).toList();
        for (var each : stalled) { // The first take more than what turns out to be their share.
            var number = 0;
            while (each.offer(message(number, TOPIC, size))) {
                number++;
            }
        }
        stalled.forEach(each -> each.offer(message(1_000, TOPIC, size)));
        assertThat(shared.free()).isNotNegative();
        var reads = queue(shared);
        assertThat(reads.offer(message(1, TOPIC, size))).isTrue();
        reads.close();
        stalled.forEach(OutboundQueue::close);
        assertThat(shared.free()).isEqualTo(8 << 20);
        assertThat(stalled.getFirst().offer(message(1))).as("closed").isFalse();
    }

    /// Else a host with little memory would pass on nothing that is large.
    @Test
    void anEmptyQueueTakesOneMessageThatIsMoreThanItsShare() throws Exception {
        var shared = new SendRoom(100_000, dropped);
        var reads = queue(shared);
        var large = message(1, TOPIC, 40_000);
        assertThat(reads.offer(large)).isTrue();
        assertThat(reads.offer(message(2, TOPIC, 100))).as("beside it").isFalse();
        var other = queue(shared);
        assertThat(other.offer(message(3, TOPIC, 40_000))).as("no half").isFalse();
        assertThat(reads.take().messages()).containsExactly(large);
    }

    @Test
    void whatWaitsForTooLongGoesThoughNobodyAsks() {
        queue.offer(message(1));
        nanos.addAndGet(LIMITS.queuedMax().toNanos() + 1);
        queue.expire();
        assertThat(room.free()).isEqualTo(LIMITS.allQueuedBytesMax());
    }
}
