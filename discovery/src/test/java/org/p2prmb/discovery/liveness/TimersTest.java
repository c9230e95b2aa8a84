package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The small parts: timers, round trips, local health, subscribers.
final class TimersTest {
    private static final Timing TIMING = Timing.of(LivenessConfig.of(Duration.ofSeconds(30)));

    @Test
    void timersFireInTheirOrderHoweverTheyAreSetMovedAndStopped() {
        Seeds.forEach(
                200,
                random -> {
                    var timers = new Timers();
                    var fired = new ArrayList<Integer>();
                    var all = new ArrayList<Timers.Timer>();
                    Map<Integer, Long> expected = new HashMap<>();
                    for (int number = 0; number < 50; number++) {
                        int name = number;
                        all.add(Timers.timer(_ -> fired.add(name)));
                    }
                    for (int step = 0; step < 500; step++) {
                        int name = random.nextInt(all.size());
                        long at = random.nextLong(1_000);
                        if (random.nextInt(4) == 0) {
                            timers.stop(all.get(name));
                            expected.remove(name);
                        } else {
                            timers.set(all.get(name), at);
                            expected.put(name, at);
                        }
                        var first = expected.values().stream().min(Long::compare);
                        assertThat(timers.next()).isEqualTo(first.orElse(Timers.NEVER));
                    }
                    long limit = random.nextLong(1_000);
                    timers.run(limit);
                    var due =
                            expected.entrySet().stream()
                                    .filter(entry -> entry.getValue() <= limit)
                                    .map(Map.Entry::getKey)
                                    .toList();
                    assertThat(fired).containsExactlyInAnyOrderElementsOf(due);
                    assertThat(fired.stream().map(expected::get).toList()).isSorted();
                    assertThat(timers.next()).isGreaterThan(limit);
                });
    }

    @Test
    void aTaskThatSetsItsTimerToNowDoesNotKeepUsForEver() {
        var timers = new Timers();
        var runs = new ArrayList<Long>();
        var holder = new ArrayList<Timers.Timer>();
        holder.add(
                Timers.timer(now -> {
                    runs.add(now);
                    timers.set(holder.getFirst(), now);
                }));
        timers.set(holder.getFirst(), 5);
        timers.run(7);
        assertThat(runs).containsExactly(7L);
        timers.stopAll();
        assertThat(timers.next()).isEqualTo(Timers.NEVER);
    }

    @Test
    void theWaitForAPongFollowsTheRoundTrips() {
        var roundTrips = new RoundTrips();
        assertThat(roundTrips.timeout(TIMING)).as("nothing is known").isEqualTo(3_000);
        for (int sample = 0; sample < 100; sample++) {
            roundTrips.measured(50);
        }
        assertThat(roundTrips.timeout(TIMING)).isEqualTo(500);
        for (int sample = 0; sample < 100; sample++) {
            roundTrips.measured(sample % 2 == 0 ? 300 : 700);
        }
        assertThat(roundTrips.timeout(TIMING)).isBetween(1_000L, 1_600L);
        roundTrips.measured(60_000);
        assertThat(roundTrips.timeout(TIMING)).isEqualTo(3_000);
    }

    @Test
    void whoHearsNobodyAccusesNobodyAndAsksLessOften() {
        var health = new LocalHealth();
        assertThat(health.mayVote()).isTrue();
        health.late(100);
        assertThat(health.stalledSince(99)).isTrue();
        assertThat(health.stalledSince(100)).isFalse();
        assertThat(health.heard(50)).isEqualTo(100);
        health.missing(2);
        assertThat(health.mayVote()).isFalse();
        health.missing(3);
        health.missing(3);
        assertThat(health.stretch()).isEqualTo(8);
        for (int answers = 0; answers < 4; answers++) {
            health.good();
        }
        assertThat(health.mayVote()).isTrue();
        assertThat(health.stretch()).isEqualTo(4);
    }

    @Test
    void subscribersExpireAndAreBounded() {
        var subscribers = new Subscribers();
        for (int number = 0; number < 79; number++) {
            assertThat(subscribers.add(0, TestKeys.id(number), 100 + number)).isTrue();
        }
        assertThat(subscribers.at(120)).hasSize(58);
        assertThat(subscribers.add(130, TestKeys.id(30), 900)).as("renewed").isTrue();
        assertThat(subscribers.at(500)).containsExactlyElementsOf(List.of(TestKeys.id(30)));
    }
}
