package org.p2prmb.simulation.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.simulation.RunSettings;

/// The goals of liveness in a network of 10,000 agents, as far as a short run can show them.
final class TenThousandAgentsTest {
    private static final int AGENTS = 10_000;

    /// With 5 % loss and 5 % of the agents stalling.
    @Test
    void theDeadAreRemovedInTimeTheLivingStayAndNobodyPaysMuch() {
        var run =
                LivenessRun.of(
                        RunSettings.of(AGENTS, 1, 2).withLoss(0.05),
                        Troubles.NONE.withDead(0.003).withLeaving(0.003).withStalling(0.05));
        assertThat(run.measure("agentHours")).isBetween(330.0, 334.0);
        assertThat(run.measure("bytesPerAgentPerSecond")).isLessThanOrEqualTo(512);
        assertThat(run.count("removals")).isBetween(1_700L, 2_000L);
        assertThat(run.measure("removalSeconds", "p50")).isLessThanOrEqualTo(30);
        assertThat(run.measure("removalSeconds", "p99")).isLessThanOrEqualTo(45);
        assertThat(run.measure("leaveSeconds", "p99")).isLessThanOrEqualTo(5);
        assertThat(run.count("handedOutDeadAfter60Seconds")).isZero();
        assertThat(run.count("falseRemovals")).isZero();
        assertThat(run.count("falseRemovalsStalling")).isZero();
        assertThat(run.count("invariantViolations")).isZero();
    }
}
