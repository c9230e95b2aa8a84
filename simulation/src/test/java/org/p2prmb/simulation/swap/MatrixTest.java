package org.p2prmb.simulation.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;

import java.time.Duration;
import java.util.Objects;

/// Nobody loses more than fees, wherever it is killed and whatever happens besides.
final class MatrixTest {
    @Test
    void anUndisturbedSwapSettlesForBoth() {
        for (boolean slowFirst : new boolean[] {false, true}) {
            var world = new SwapWorld(slowFirst, null, Fault.NONE, 1);
            assertThat(world.run()).isEmpty();
            assertThat(world.party(Role.SELLER).saved().orElseThrow())
                    .isInstanceOfSatisfying(
                            SellerSwap.Ended.class,
                            ended -> assertThat(ended.outcome()).isEqualTo(Outcome.SETTLED));
        }
    }

    @Test
    void nobodyLosesItsLegWhereverItIsKilled() {
        var report = new MatrixScenario(1, true).run(_ -> {});
        assertThat(report.figures().get("violations"))
                .as(report::toString)
                .isEqualTo(new Figure.Count(0));
        assertThat(((Figure.Count) report.figures().get("scenarios")).value()).isGreaterThan(1_000);
    }

    @Test
    void marginsForNoDowntimeAreFoundToBeTooSmall() {
        var report = new MatrixScenario(1, true, Duration.ZERO).run(_ -> {});
        assertThat(count(report, "violations")).isPositive();
    }

    private static long count(Report report, String figure) {
        return ((Figure.Count) Objects.requireNonNull(report.figures().get(figure))).value();
    }
}
