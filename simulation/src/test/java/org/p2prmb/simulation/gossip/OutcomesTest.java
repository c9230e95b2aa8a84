package org.p2prmb.simulation.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutcomesTest {
    private static final long SECOND = 1_000_000;

    private final Outcomes outcomes = new Outcomes();

    @Test
    void theRateIsThatOfAllMessagesTogether() {
        outcomes.add(0, 100, 100);
        outcomes.add(SECOND, 100, 50);
        outcomes.add(2 * SECOND, 0, 0);
        assertThat(outcomes.rate()).isEqualTo(0.75);
        assertThat(outcomes.size()).isEqualTo(3);
    }

    @Test
    void theGoalIsReachedWithTheFirstOfTenGoodSeconds() {
        for (int second = 0; second < 60; second++) {
            boolean good = second == 7 || second >= 25;
            outcomes.add(second * SECOND, 100, good ? 100 : 80);
        }
        assertThat(outcomes.secondsToGoal(5 * SECOND, 60 * SECOND)).isEqualTo(20);
        assertThat(outcomes.secondsToGoal(30 * SECOND, 60 * SECOND)).isZero();
    }

    @Test
    void whatIsNeverReachedTakesTheRestOfTheTime() {
        for (int second = 0; second < 60; second++) {
            outcomes.add(second * SECOND, 100, 98);
        }
        assertThat(outcomes.secondsToGoal(20 * SECOND, 60 * SECOND)).isEqualTo(40);
    }
}
