package org.p2prmb.simulation.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.engine.Progress;

import java.time.Duration;
import java.util.List;

/// Wins do not depend on the distance from the seller, and the same harness shows that they do
/// where the plain methods choose.
///
/// The claim is one of equivalence: at 99 % the nearest of five buyers wins a fifth of the windows,
/// give or take 2 points. That a difference is not significant would prove nothing.
final class FairnessScenarioTest {
    private static final double FIFTH = 0.2;
    private static final double MARGIN = 0.02;
    private static final double SIGNIFICANT = 0.001;

    private static Report run(int windows, long seed, Policy policy) {
        var settings = FairnessSettings.of(windows, seed, policy);
        return new FairnessScenario(settings).run(Progress.UNWATCHED);
    }

    private static List<Double> row(Report report, String name) {
        if (!(report.figures().get(name) instanceof Figure.Row(var figures))) {
            throw new AssertionError("no " + name);
        }
        return figures.stream().map(figure -> ((Figure.Measure) figure).value()).toList();
    }

    private static double p(Report report) {
        return ((Figure.Measure) report.figures().get("chiSquareP")).value();
    }

    @Test
    void theNearestBuyerWinsAsOftenAsTheOthers() {
        var report = run(FairnessSettings.WINDOWS, 1, Policy.SEALED);
        assertThat(row(report, "nearestShareInterval99"))
                .allSatisfy(bound -> assertThat(bound).isCloseTo(FIFTH, within(MARGIN)));
        assertThat(row(report, "inclusion")).containsOnly(1.0).hasSize(5);
        assertThat(row(report, "shares"))
                .allSatisfy(share -> assertThat(share).isCloseTo(FIFTH, within(MARGIN)));
        assertThat(p(report)).isGreaterThan(SIGNIFICANT);
    }

    @Test
    void firstComeIsFoundToBeUnfair() {
        var report = run(500, 1, Policy.FIRST_COME);
        assertThat(p(report)).isLessThan(SIGNIFICANT);
        assertThat(row(report, "nearestShareInterval99").getFirst()).isGreaterThan(FIFTH + MARGIN);
        assertThat(row(report, "shares").getLast()).isLessThan(0.01);
    }

    /// The classic wrong implementation: everybody is in the window, and it changes nothing.
    @Test
    void aWindowWhoseTiesFallBackToArrivalIsFoundToBeUnfair() {
        var report = run(500, 1, Policy.ARRIVAL_TIE);
        assertThat(p(report)).isLessThan(SIGNIFICANT);
        assertThat(row(report, "nearestShareInterval99").getFirst()).isGreaterThan(FIFTH + MARGIN);
        assertThat(row(report, "inclusion")).containsOnly(1.0);
        assertThat(row(report, "shares")).isEqualTo(row(run(500, 1, Policy.FIRST_COME), "shares"));
    }

    private static Report run(int windows, Hardships hardships) {
        var settings = FairnessSettings.of(windows, 1, Policy.SEALED).with(hardships);
        return new FairnessScenario(settings).run(Progress.UNWATCHED);
    }

    /// The error that is easily overlooked. At so many windows the test's power is 1 (a fifth of
    /// them), and 0.92 at 2,000 (a tenth).
    @Test
    void aFewWindowsThatFallBackToArrivalAreFoundOut() {
        assertThat(p(run(2_000, new Hardships(0.2, 0, Duration.ZERO, 0)))).isLessThan(SIGNIFICANT);
        assertThat(p(run(3_000, new Hardships(0.1, 0, Duration.ZERO, 0)))).isLessThan(SIGNIFICANT);
    }

    /// Who hears of a window when a tenth of it is left misses it more often, the farther away it
    /// is; but of those that are in it, all have the same chance.
    @Test
    void aRelayThatDelaysEverybodyFavoursNobodyOfThoseWhoAreIn() {
        var report = run(3_000, new Hardships(0, 0.9, Duration.ZERO, 0));
        assertThat(row(report, "inclusion").getFirst()).isGreaterThan(0.98);
        assertThat(row(report, "inclusion").getLast()).isBetween(0.55, 0.7);
        assertThat(p(report)).isGreaterThan(SIGNIFICANT);
        assertThat(row(report, "winsToExpected"))
                .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1, within(0.15)));
    }

    @Test
    void clocksThatAreTwoSecondsOffFavourNobody() {
        var report = run(3_000, new Hardships(0, 0, Duration.ofSeconds(2), 0));
        assertThat(row(report, "inclusion")).containsOnly(1.0);
        assertThat(p(report)).isGreaterThan(SIGNIFICANT);
    }

    /// A hundred identities of one owner that never settled anything take a fifth of the lots, and
    /// change nothing among those who did.
    @Test
    void aHundredSybilsGetWhatNewcomersGetAndFavourNobody() {
        var report = run(300, new Hardships(0, 0, Duration.ZERO, 100));
        assertThat(((Figure.Measure) report.figures().get("sybilShare")).value()).isEqualTo(FIFTH);
        assertThat(row(report, "inclusion")).containsOnly(1.0);
        assertThat(p(report)).isGreaterThan(SIGNIFICANT);
    }

    @Test
    void equalSeedsGiveEqualReportsAndOthersDoNot() {
        assertThat(run(50, 3, Policy.SEALED)).isEqualTo(run(50, 3, Policy.SEALED));
        assertThat(run(50, 4, Policy.SEALED).figures().get("shares"))
                .isNotEqualTo(run(50, 3, Policy.SEALED).figures().get("shares"));
    }

    private static double[] equal(double expected) {
        return new double[] {expected, expected, expected, expected, expected};
    }

    @Test
    void theStatisticsAreThoseOfTheBooks() {
        // The 0.1 % quantile of chi-square with 4 degrees of freedom is 18.467.
        assertThat(Figures.chiSquareP(new long[] {20, 20, 20, 20, 20}, equal(20))).isEqualTo(1);
        assertThat(Figures.chiSquareP(new long[] {1_136, 1_000, 1_000, 864, 1_000}, equal(1_000)))
                .isCloseTo(StrictMath.exp(-18.496) * (1 + 18.496), within(1e-9));
        assertThat(Figures.chiSquareP(new long[] {100, 50, 50, 50, 0}, equal(50)))
                .isCloseTo(StrictMath.exp(-50) * 51, within(1e-20));
        var interval = Figures.interval99(2_000, 10_000);
        assertThat(interval.low()).isCloseTo(0.1899, within(1e-4));
        assertThat(interval.high()).isCloseTo(0.2105, within(1e-4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Figures.chiSquareP(new long[] {1, 2}, new double[2]));
    }

    @Test
    void absurdSettingsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Hardships(1.1, 0, Duration.ZERO, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Hardships(0, 0, Duration.ZERO, 201));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Hardships(0, 0.96, Duration.ZERO, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Hardships(0, 0, Duration.ofMillis(2_001), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FairnessSettings.of(0, 1, Policy.SEALED));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FairnessSettings.of(1_000_001, 1, Policy.SEALED));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        FairnessSettings.of(1, 1, Policy.SEALED)
                                .withLength(Duration.ofMillis(2_999)));
    }
}
