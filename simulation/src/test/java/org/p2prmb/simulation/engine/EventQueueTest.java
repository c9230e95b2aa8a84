package org.p2prmb.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

final class EventQueueTest {
    private record Expected(long at, int order) {}

    /// Against the queue of the JDK: times from now to hours ahead, adding while taking.
    @Test
    void eventsComeInTheOrderOfTheirTimesAndThenOfTheirAdding() {
        Seeds.forEach(
                50,
                random -> {
                    var queue = new EventQueue();
                    var model =
                            new PriorityQueue<Expected>(
                                    Comparator.comparingLong(Expected::at)
                                            .thenComparingInt(Expected::order));
                    long now = 0;
                    int order = 0;
                    for (int step = 0; step < 20_000; step++) {
                        if (random.nextInt(3) > 0) {
                            long at = now + random.nextLong(1L << random.nextInt(1, 35));
                            queue.add(at, order, 1, 2, 3, at);
                            model.add(new Expected(at, order++));
                        } else {
                            long until = now + random.nextLong(1L << random.nextInt(1, 35));
                            if (!model.isEmpty() && model.element().at() <= until) {
                                var expected = model.remove();
                                assertThat(queue.take(until)).isTrue();
                                assertThat(queue.micros()).isEqualTo(expected.at());
                                assertThat(queue.node()).isEqualTo(expected.order());
                                assertThat(queue.payload()).isEqualTo(expected.at());
                                now = expected.at();
                            } else {
                                assertThat(queue.take(until)).isFalse();
                                now = until;
                            }
                        }
                        assertThat(queue.size()).isEqualTo(model.size());
                    }
                });
    }

    @Test
    void whatNobodyWillSeeIsRefused() {
        var queue = new EventQueue();
        long tomorrow = Duration.ofDays(1).toNanos() / 1_000;
        assertThatThrownBy(() -> queue.add(tomorrow, 0, 0, 0, 0, null))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
