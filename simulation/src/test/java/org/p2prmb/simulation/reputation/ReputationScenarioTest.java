package org.p2prmb.simulation.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.engine.Progress;

/// The goals of the reputation, in a market small enough for every build (attack 33).
final class ReputationScenarioTest {
    private static final int AGENTS = 150;
    private static final int ROUNDS = 60;
    private static final double SHARE = 0.2;

    private static ReputationSettings settings(Attack attack) {
        return ReputationSettings.of(attack, SHARE).withSize(AGENTS, ROUNDS).withSeeds(1, 2);
    }

    private static Report run(ReputationSettings settings) {
        return new ReputationScenario(settings).run(Progress.UNWATCHED);
    }

    private static double rate(Report report, String name) {
        return switch (report.figures().get(name)) {
            case Figure.Measure(var value) -> value;
            case Figure.Group(var group) -> rate(group, "mean");
            case null, default -> Double.NaN;
        };
    }

    @ParameterizedTest
    @EnumSource
    void fewDealsGoBadAndFewHonestAgentsAreRefused(Attack attack) {
        var report = run(settings(attack));

        assertThat(rate(report, "badSwapRate")).isBetween(0.005, 0.04);
        assertThat(rate(report, "lateBadSwapRate")).isLessThanOrEqualTo(0.04);
        assertThat(rate(report, "honestRefusedRate")).isLessThanOrEqualTo(0.05);
    }

    @Test
    void byThePlainAverageSybilsAreChosen() {
        var report = run(settings(Attack.SYBIL).withPolicy(Policy.AVERAGE));
        assertThat(rate(report, "badSwapRate")).isGreaterThan(0.30);
    }

    @Test
    void byChanceAttackersAreMetAsOftenAsTheyAre() {
        var report = run(settings(Attack.SLANDER).withPolicy(Policy.NONE));
        assertThat(rate(report, "badSwapRate")).isBetween(0.14, 0.20);
    }

    @Test
    void equalSeedsGiveEqualReportsAndOthersDoNot() {
        var settings = settings(Attack.WHITEWASH).withSize(60, 20);
        assertThat(run(settings)).isEqualTo(run(settings));
        assertThat(run(settings.withSeeds(7, 2))).isNotEqualTo(run(settings));
    }

    @Test
    void theWorkloadIsPrinted() {
        var report = run(settings(Attack.SYBIL).withSize(40, 8));
        assertThat(report.figures().keySet())
                .contains("workload", "badSwapRate", "lateBadSwapRate", "honestRefusedRate");
        var workload = (Figure.Group) report.figures().get("workload");
        assertThat(workload.report().figures())
                .containsEntry("agents", new Figure.Count(40))
                .containsEntry("rounds", new Figure.Count(8))
                .containsEntry("honestFailure", new Figure.Measure(0.01))
                .containsEntry("evidenceOfCheating", new Figure.Measure(0.7))
                .containsEntry("sybilsPerAttacker", new Figure.Count(10));
    }

    @Test
    void absurdSettingsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReputationSettings.of(Attack.SYBIL, 0.6));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Attack.SYBIL).withSize(10, 10));
    }
}
