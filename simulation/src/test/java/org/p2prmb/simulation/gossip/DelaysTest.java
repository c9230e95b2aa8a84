package org.p2prmb.simulation.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;

final class DelaysTest {
    private final Delays delays = new Delays();

    private Report seconds() {
        var report = new Report.Builder();
        delays.report(report, "seconds");
        return ((Figure.Group) report.build().figures().sequencedValues().getFirst()).report();
    }

    @Test
    void quantilesAreTheSmallestThatEnoughDelaysDoNotExceed() {
        for (int millis = 1; millis <= 1_000; millis++) {
            delays.add(millis);
        }
        delays.add(Long.MAX_VALUE);
        assertThat(delays.total()).isEqualTo(1_001);
        assertThat(seconds().figures())
                .containsEntry("p50", new Figure.Measure(0.501))
                .containsEntry("p99", new Figure.Measure(0.991))
                .containsEntry("max", new Figure.Measure(131.072));
    }

    @Test
    void nothingMeasuredIsNoFigure() {
        assertThat(seconds().figures().values()).containsOnly(new Figure.None());
    }
}
