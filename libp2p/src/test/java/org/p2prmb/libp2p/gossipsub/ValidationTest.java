package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

final class ValidationTest {
    private static final int ALL_MAX = 8;
    private static final int TOPIC_MAX = 2;

    private final KeyPair keys = KeyPair.ed25519(Bytes.hex("07".repeat(32)));
    private final GossipCodec codec = new GossipCodec(MessageIds.SHA256, Signatures.REAL);
    private final BlockingQueue<Event> verdicts = new LinkedBlockingQueue<>();

    private GossipMessage message(int number, String topic) {
        return codec.sign(keys, number, topic, Bytes.utf8("message"));
    }

    private Event next() throws InterruptedException {
        var verdict = verdicts.poll(10, TimeUnit.SECONDS);
        assertThat(verdict).as("a verdict within 10 s").isNotNull();
        return verdict;
    }

    @Test
    void aSlowValidatorTakesNoMoreThanItsShareFromOtherTopics() throws Exception {
        var gate = new CountDownLatch(1);
        Validator slow =
                _ -> {
                    gate.await();
                    return Verdict.ACCEPT;
                };
        Validator quick = _ -> Verdict.IGNORE;
        try (var validation =
                new Validation(
                        codec,
                        topic -> topic.equals("slow") ? slow : quick,
                        verdicts::put,
                        100,
                        ALL_MAX,
                        TOPIC_MAX)) {
            for (var number = 0; number < ALL_MAX; number++) {
                validation.offer(message(number, "slow"));
            }
            for (var postponed = TOPIC_MAX; postponed < ALL_MAX; postponed++) {
                assertThat(next()).isInstanceOf(Event.Postponed.class);
            }
            var other = message(100, "quick");
            validation.offer(other);
            assertThat(next()).isEqualTo(new Event.Validated(other.id(), Verdict.IGNORE));
            gate.countDown();
            for (var slowly = 0; slowly < TOPIC_MAX; slowly++) {
                assertThat(next()).isInstanceOf(Event.Validated.class);
            }
            var again = message(101, "slow");
            validation.offer(again);
            assertThat(next()).isEqualTo(new Event.Validated(again.id(), Verdict.ACCEPT));
        }
    }
}
