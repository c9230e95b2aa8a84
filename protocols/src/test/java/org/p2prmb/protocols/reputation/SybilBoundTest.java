package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.p2prmb.protocols.reputation.Reports.NOW;
import static org.p2prmb.protocols.reputation.Reports.TODAY;
import static org.p2prmb.protocols.reputation.Reports.opinion;
import static org.p2prmb.protocols.reputation.Reports.peer;
import static org.p2prmb.protocols.reputation.Reports.proven;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What reporters can do whom nobody knows, however many they are (goal R5).
///
/// With G and B before, and x more on one side, x at most 1/2:
///
/// ```
/// down:  (G + 1) 3x / ((G + 3B + 2.5) (G + 3B + 2.5 + 3x)), most at B = 0, x = 1/2 and
///        (G + 1)² = 9/2, where it is 3 - 2 sqrt(2) = 0.17157...
/// up:    x (3B + 3/2) / ((G + 3B + 2.5) (G + 3B + 2.5 + x)), most at G = B = 0, x = 1/2: 1/10
/// ```
final class SybilBoundTest {
    private static final int SELF = 0;
    private static final int SUBJECT = 1;
    private static final int SYBILS = 1_000;
    private static final double DOWN = 3 - 2 * Math.sqrt(2);
    private static final double UP = 0.1;
    private static final double ROUNDING = 1e-9;

    private static final List<Filed> PRAISE = new ArrayList<>();
    private static final List<Filed> SLANDER = new ArrayList<>();

    @BeforeAll
    static void makeSybils() {
        for (int sybil = 100; sybil < 100 + SYBILS; sybil++) {
            PRAISE.add(opinion(sybil, SUBJECT, ReportKind.SETTLED));
            SLANDER.add(opinion(sybil, SUBJECT, ReportKind.SOFT));
        }
    }

    private static ReputationBook book() {
        return new ReputationBook(peer(SELF), 10_000, false);
    }

    private static double score(ReputationBook book) {
        return book.score(peer(SUBJECT), NOW);
    }

    /// Some experience of our own, some swaps and some faults.
    private static ReputationBook someView(RandomGenerator random) {
        var book = book();
        for (int deal = random.nextInt(6); deal > 0; deal--) {
            var kind = random.nextInt(4) > 0 ? ReportKind.SETTLED : ReportKind.SOFT;
            book.file(opinion(SELF, SUBJECT, kind, TODAY - random.nextInt(60), NOW), NOW);
        }
        for (int swap = random.nextInt(10); swap > 0; swap--) {
            book.file(proven(10 + swap, SUBJECT, ReportKind.SETTLED, TODAY, Reports.LOT), NOW);
        }
        if (random.nextInt(4) == 0) {
            book.file(proven(30, SUBJECT, ReportKind.NO_FUNDING, TODAY, Reports.LOT), NOW);
        }
        return book;
    }

    @Test
    void aThousandSybilsMoveNoViewByMoreThanTheBound() {
        Seeds.forEach(
                100,
                random -> {
                    var book = someView(random);
                    double before = score(book);
                    int praising = random.nextInt(3);
                    for (int sybil = 0; sybil < SYBILS; sybil++) {
                        boolean praises = praising == 2 ? random.nextBoolean() : praising == 1;
                        book.file((praises ? PRAISE : SLANDER).get(sybil), NOW);
                    }
                    assertThat(score(book) - before).isBetween(-DOWN - ROUNDING, UP + ROUNDING);
                });
    }

    @Test
    void aStrangerFallsFromTwoFifthsToAQuarterOrRisesToAHalf() {
        var slandered = book();
        SLANDER.forEach(report -> slandered.file(report, NOW));
        assertThat(score(slandered)).isCloseTo(0.25, within(ROUNDING));

        var praised = book();
        PRAISE.forEach(report -> praised.file(report, NOW));
        assertThat(score(praised)).isCloseTo(0.40 + UP, within(ROUNDING));
    }

    @Test
    void theBoundIsReachedAndNoStateIsWorse() {
        double worst = 0;
        double best = 0;
        for (double good = 0; good < 10; good += 0.001) {
            for (double bad = 0; bad < 3; bad += 0.25) {
                double score = Terms.score(good, bad);
                worst = Math.max(worst, score - Terms.score(good, bad + Terms.UNKNOWN_MAX));
                best = Math.max(best, Terms.score(good + Terms.UNKNOWN_MAX, bad) - score);
            }
        }
        assertThat(worst).isLessThanOrEqualTo(DOWN).isCloseTo(DOWN, within(1e-6));
        assertThat(best).isCloseTo(UP, within(ROUNDING));
        double atRoot = Math.sqrt(4.5) - 1;
        assertThat(Terms.score(atRoot, 0) - Terms.score(atRoot, 0.5))
                .isCloseTo(DOWN, within(1e-12));
    }
}
