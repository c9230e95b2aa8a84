package org.p2prmb.simulation.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.simulation.Crypto;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Progress;

/// Short runs of the scenario; docs/simulation.md has the figures of long ones.
final class SearchScenarioTest {
    private static Report run(SearchSettings settings) {
        return new SearchScenario(settings).run(Progress.UNWATCHED);
    }

    private static SearchSettings settings(int agents, int queries, double churn) {
        var run = RunSettings.of(agents, 7, 1).withCrypto(Crypto.MODEL);
        return SearchSettings.of(run, queries, Math.max(1, agents / 5), churn);
    }

    private static double measure(Report report, String name) {
        return switch (report.figures().get(name)) {
            case Figure.Measure(var value) -> value;
            case Figure.Count(var value) -> value;
            case null, default -> throw new AssertionError("no figure " + name);
        };
    }

    @Test
    void aThousandAgentsFindWhatTheyLookForAtTheCostOfFewMessages() {
        var report = run(settings(1_000, 300, 0.02));
        assertThat(measure(report, "measured")).isBetween(145.0, 150.0);
        assertThat(measure(report, "successRate")).isGreaterThanOrEqualTo(0.99);
        assertThat(measure(report, "messagesPerQuery")).isLessThanOrEqualTo(40);
        assertThat(measure(report, "staleAnswers")).isZero();
        assertThat(measure(report, "staleProbeRate")).isLessThanOrEqualTo(0.03);
        assertThat(measure(report, "forgedAccepted")).isZero();
    }

    @Test
    void aFifthThatKeepsSilentOrLiesHidesLittleAndNothingForgedIsBelieved() {
        var report = run(settings(200, 300, 0.02).withMalicious(0.2));
        assertThat(measure(report, "successRate")).isGreaterThanOrEqualTo(0.97);
        assertThat(measure(report, "forgedAccepted")).isZero();
        assertThat(measure(report, "staleAnswers")).isZero();
    }

    /// Attack 23: 45 ids around the key of a tag. Filters and walks find what the DHT hides.
    @Test
    void aTagIsFoundThoughFortyFiveLiarsStandAroundItsKey() {
        var report = run(settings(300, 400, 0).withEclipse(true));
        assertThat(measure(report, "eclipsedSuccessRate")).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void equalSeedsAreEqualRuns() {
        var settings = settings(60, 60, 0.05).withMalicious(0.2);
        assertThat(run(settings)).isEqualTo(run(settings));
        assertThat(run(settings.withPolicy(Policy.FLOOD)))
                .isEqualTo(run(settings.withPolicy(Policy.FLOOD)));
    }

    @Test
    void aFloodCostsFarMore() {
        var flood = run(settings(200, 100, 0.02).withPolicy(Policy.FLOOD));
        assertThat(measure(flood, "messagesPerQuery")).isGreaterThan(100);
    }
}
