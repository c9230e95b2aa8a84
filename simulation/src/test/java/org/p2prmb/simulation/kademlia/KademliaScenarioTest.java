package org.p2prmb.simulation.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Progress;

final class KademliaScenarioTest {
    private static final int AGENTS = 300;
    private static final int LOOKUPS = 200;

    private static KademliaSettings settings(int agents, double dead) {
        return KademliaSettings.of(RunSettings.of(agents, 7, 1), dead, LOOKUPS);
    }

    private static Report run(KademliaSettings settings) {
        return new KademliaScenario(settings).run(Progress.UNWATCHED);
    }

    private static double measure(Report report, String name) {
        return report.figures().get(name) instanceof Figure.Measure(var value) ? value : Double.NaN;
    }

    private static long count(Report report, String name) {
        return report.figures().get(name) instanceof Figure.Count(var value) ? value : -1;
    }

    private static long depth(Report report, String quantile) {
        return report.figures().get("requestDepth") instanceof Figure.Group(var group)
                ? count(group, quantile)
                : -1;
    }

    @Test
    void aThousandAgentsOfWhichATenthIsDeadFindWhatTheyLookFor() {
        var report = run(settings(1_000, 0.1));

        assertThat(count(report, "lookups")).isEqualTo(LOOKUPS);
        assertThat(measure(report, "successRate")).isGreaterThanOrEqualTo(0.99);
        assertThat(measure(report, "nearestShare")).isGreaterThanOrEqualTo(0.95);
        assertThat(depth(report, "p99")).isBetween(1L, 12L);
    }

    @Test
    void twoRunsWithOneSeedAreEqualAndAnotherSeedIsAnotherRun() {
        var settings = settings(100, 0.1);
        var other = KademliaSettings.of(RunSettings.of(100, 8, 1), 0.1, LOOKUPS);

        var report = run(settings);

        assertThat(run(settings)).isEqualTo(report);
        assertThat(run(other)).isNotEqualTo(report);
    }

    @Test
    void lossMakesLookupsSlowerButNotWrong() {
        var run = RunSettings.of(AGENTS, 7, 1).withLoss(0.05);

        var report = run(KademliaSettings.of(run, 0.1, LOOKUPS));

        // One in ten of the nearest peers does not hear the question, or its answer is not heard,
        // and a quarter of the look-ups is for the very nearest.
        assertThat(measure(report, "successRate")).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void agentsThatNameAThousandPeersOrTheFarthestLeadNobodyAstray() {
        var report = run(settings(AGENTS, 0.1).withAttack(Attack.ANSWERS, 0.2));

        assertThat(count(report, "answersWith1000Peers")).isPositive();
        assertThat(count(report, "inventedPeersAsked")).isPositive();
        assertThat(measure(report, "successRate")).isGreaterThanOrEqualTo(0.98);
        assertThat(count(report, "invariantViolations")).isZero();
    }

    @Test
    void aHundredIdsOfOneNetworkDoNotEclipseAnAgent() {
        var report = run(settings(AGENTS, 0).withAttack(Attack.ECLIPSE, 0));

        assertThat(count(report, "victimTableAttackers")).isBetween(1L, 3L);
        assertThat(count(report, "victimTableSize")).isGreaterThan(20);
        assertThat(measure(report, "victimSuccessRate")).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void twoAgentsAreANetwork() {
        var report = run(settings(2, 0));

        assertThat(measure(report, "successRate")).isEqualTo(1);
    }

    @Test
    void aNetworkOfNoneButDeadAndLiarsIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> settings(100, 0.9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(100, 0.5).withAttack(Attack.ANSWERS, 0.4));
    }
}
