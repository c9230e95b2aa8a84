package org.p2prmb.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.simulation.Report.Figure;

import java.util.Arrays;

final class ReportTest {
    /// By definition: the smallest sample that the share of all samples does not exceed.
    @Test
    void quantilesAreSamplesThatTheShareDoesNotExceed() {
        Seeds.forEach(
                100,
                random -> {
                    var samples = new Samples();
                    var values = random.ints(random.nextInt(1, 300), 0, 100_000).toArray();
                    Arrays.stream(values).forEach(samples::add);
                    for (double share : new double[] {0, 0.5, 0.99, 1}) {
                        int quantile = samples.quantileMillis(share);
                        long notAbove = Arrays.stream(values).filter(v -> v <= quantile).count();
                        long below = Arrays.stream(values).filter(v -> v < quantile).count();
                        assertThat(notAbove).isGreaterThanOrEqualTo((long) (share * values.length));
                        assertThat((double) below).isLessThan(Math.max(1, share * values.length));
                    }
                });
    }

    @Test
    void secondsAreAGroupAndNothingMeasuredIsNoFigure() {
        var samples = new Samples();
        samples.add(1_500);
        samples.add(2_500);
        var report =
                new Report.Builder()
                        .seconds("removal", samples, "p50", "max")
                        .seconds("leave", new Samples(), "p99")
                        .build();
        assertThat(report.figures().get("removal"))
                .isEqualTo(
                        new Figure.Group(
                                new Report.Builder()
                                        .measure("p50", 1.5)
                                        .measure("max", 2.5)
                                        .build()));
        assertThat(report.figures().get("leave").toString()).contains("p99=None[]");
    }

    @Test
    void settingsOutsideTheirBoundsAreRefused() {
        assertThat(RunSettings.of(1_000, 1, 10).crypto()).isEqualTo(Crypto.REAL);
        assertThat(RunSettings.of(1_001, 1, 10).crypto()).isEqualTo(Crypto.MODEL);
        assertThatThrownBy(() -> RunSettings.of(1, 1, 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RunSettings.of(2, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RunSettings.of(2, 1, 10).withLoss(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
