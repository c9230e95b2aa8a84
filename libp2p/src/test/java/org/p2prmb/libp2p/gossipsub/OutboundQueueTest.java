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

final class OutboundQueueTest {
    private static final Rpc CONTROL = Rpc.of(List.of(new SubscriptionChange(true, TOPIC)));
    private static final GossipStreams LIMITS = GossipConfig.defaults().streams();

    private final OutboundQueue queue = new OutboundQueue(LIMITS);

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
}
