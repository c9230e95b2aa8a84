package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.p2prmb.protocols.reputation.Reports.LOT;
import static org.p2prmb.protocols.reputation.Reports.NOW;
import static org.p2prmb.protocols.reputation.Reports.TODAY;
import static org.p2prmb.protocols.reputation.Reports.opinion;
import static org.p2prmb.protocols.reputation.Reports.peer;
import static org.p2prmb.protocols.reputation.Reports.proven;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.reputation.ReputationBook.Verdict;

import java.time.Duration;
import java.time.Instant;

final class ReputationBookTest {
    private static final int SELF = 0;
    private static final int SUBJECT = 1;
    private static final double EXACT = 1e-9;

    private final ReputationBook book = new ReputationBook(peer(SELF), 10_000, false);

    private Verdict file(Filed filed) {
        return book.file(filed, NOW).verdict();
    }

    private double score() {
        return book.score(peer(SUBJECT), NOW);
    }

    private static double score(double good, double bad) {
        return (good + 1) / (good + 3 * bad + 2.5);
    }

    @Test
    void aNewcomerIsWorthTwoFifths() {
        assertThat(score()).isEqualTo(0.40);
        assertThat(book.terms(peer(SUBJECT), NOW)).isEqualTo(Terms.NEWCOMER);
    }

    @Test
    void ourOwnExperienceFadesTheGoodFasterThanTheBad() {
        file(opinion(SELF, SUBJECT, ReportKind.SETTLED, TODAY - 30, NOW));
        assertThat(score()).isCloseTo(score(0.5, 0), within(EXACT));
        file(opinion(SELF, SUBJECT, ReportKind.SOFT, TODAY - 90, NOW));
        assertThat(score()).isCloseTo(score(0.5, 0.5), within(EXACT));

        var later = NOW.plus(Duration.ofDays(30));
        assertThat(book.score(peer(SUBJECT), later))
                .isCloseTo(score(0.25, Math.pow(2, -4 / 3.0)), within(EXACT));
    }

    @Test
    void unknownReportersTogetherAddHalfAUnitAtMost() {
        file(opinion(2, SUBJECT, ReportKind.SOFT));
        assertThat(score()).isCloseTo(score(0, 0.02), within(EXACT));
        for (int reporter = 3; reporter < 60; reporter++) {
            file(opinion(reporter, SUBJECT, ReportKind.SOFT));
        }
        assertThat(score()).isCloseTo(score(0, 0.5), within(EXACT)).isCloseTo(0.25, within(EXACT));
    }

    @Test
    void oneReporterIsOneUnitHoweverOftenItReports() {
        for (int time = 0; time < 20; time++) {
            file(opinion(2, SUBJECT, ReportKind.SOFT));
        }
        assertThat(score()).isCloseTo(score(0, 0.02), within(EXACT));
        assertThat(book.size()).isEqualTo(SubjectFile.OF_REPORTER_MAX);
    }

    @Test
    void aFaultWeighsByKindAndAmountAndEachDeedOnce() {
        file(proven(2, SUBJECT, ReportKind.NO_FUNDING, TODAY, 100_000));
        // a = 1 + log10(1000 / 100) = 2; and the reporter's opinion.
        assertThat(score()).isCloseTo(score(0, 2 + 0.02), within(EXACT));
        var again = proven(3, SUBJECT, ReportKind.NO_FUNDING, TODAY, 100_000);
        var sameDeed = new Filed(again.signed(), factOfFirst(), NOW.toEpochMilli());
        file(sameDeed);
        assertThat(score()).isCloseTo(score(0, 2 + 0.04), within(EXACT));
        assertThat(book.terms(peer(SUBJECT), NOW).deeds()).isEqualTo(1);
    }

    private Bytes factOfFirst() {
        return book.reports(peer(SUBJECT)).getLast().fact();
    }

    @Test
    void aLiePermanentlyWeighsUntilItIsForgotten() {
        file(proven(2, SUBJECT, ReportKind.EQUIVOCATION, TODAY - 180, 0));
        assertThat(book.terms(peer(SUBJECT), NOW).faults()).isEqualTo(3);
        file(proven(2, SUBJECT, ReportKind.NO_FUNDING, TODAY - 90, 100_000));
        assertThat(book.terms(peer(SUBJECT), NOW).faults()).isCloseTo(4, within(EXACT));
        assertThat(book.terms(peer(SUBJECT), NOW.plus(Duration.ofDays(1))).faults()).isLessThan(1);
    }

    @Test
    void faultsAddTwelveAtMost() {
        for (int reporter = 2; reporter < 12; reporter++) {
            file(proven(reporter, SUBJECT, ReportKind.EQUIVOCATION, TODAY, 0));
        }
        assertThat(book.terms(peer(SUBJECT), NOW).faultsTerm()).isEqualTo(12);
    }

    @Test
    void settledSwapsCountOncePerCounterpartyAndWeek() {
        int monday = TODAY - TODAY % 7;
        file(proven(2, SUBJECT, ReportKind.SETTLED, monday, LOT));
        file(proven(2, SUBJECT, ReportKind.SETTLED, monday, LOT));
        file(proven(3, SUBJECT, ReportKind.SETTLED, monday, LOT));
        file(opinion(4, SUBJECT, ReportKind.SETTLED, monday, NOW));

        double once = Math.pow(2, -(TODAY - monday) / 60.0);
        assertThat(book.terms(peer(SUBJECT), NOW).settled()).isCloseTo(2 * once, within(EXACT));
        file(proven(2, SUBJECT, ReportKind.SETTLED, monday - 1, LOT));
        assertThat(book.terms(peer(SUBJECT), NOW).settled()).isGreaterThan(2.8 * once);
    }

    /// Makes the reporter's word on `count` others come true.
    private void makeKnown(int reporter, int count) {
        for (int other = 0; other < count; other++) {
            int subject = 1_000 * reporter + other;
            var before = NOW.minus(Duration.ofHours(1));
            file(opinion(reporter, subject, ReportKind.SETTLED, TODAY, before));
            file(opinion(SELF, subject, ReportKind.SETTLED, TODAY, NOW));
        }
    }

    @Test
    void aReporterWhoseWordCameTrueThreeTimesWeighs() {
        makeKnown(2, 2);
        assertThat(book.agreement(peer(2))).isEqualTo(new Agreement(2, 0));
        assertThat(book.agreement(peer(2)).weight()).isZero();
        makeKnown(3, 3);
        assertThat(book.agreement(peer(3)).credibility()).isEqualTo(0.8);

        file(opinion(3, SUBJECT, ReportKind.SOFT));

        assertThat(score()).isCloseTo(score(0, 0.5 * 0.6 * 0.6), within(EXACT));
        assertThat(book.mostCredible(5)).containsExactly(peer(3));
    }

    @Test
    void whatIsSaidAfterwardsIsNoPrediction() {
        for (int subject = 1_000; subject < 1_010; subject++) {
            file(opinion(SELF, subject, ReportKind.SETTLED, TODAY, NOW));
            file(opinion(2, subject, ReportKind.SETTLED, TODAY, NOW.plusSeconds(1)));
        }
        assertThat(book.agreement(peer(2))).isEqualTo(Agreement.NONE);
    }

    @Test
    void aReporterThatWasWrongHasNoWeightAtAll() {
        for (int subject = 1_000; subject < 1_003; subject++) {
            var before = NOW.minus(Duration.ofHours(1));
            file(opinion(2, subject, ReportKind.SOFT, TODAY, before));
            file(opinion(SELF, subject, ReportKind.SETTLED, TODAY, NOW));
        }
        file(opinion(2, SUBJECT, ReportKind.SOFT));
        assertThat(book.agreement(peer(2))).isEqualTo(new Agreement(0, 3));
        assertThat(score()).isEqualTo(0.40);
    }

    @Test
    void forgettingASubjectTakesItsComparisonsBack() {
        makeKnown(2, 3);
        book.forget(peer(2_000));
        assertThat(book.agreement(peer(2))).isEqualTo(new Agreement(2, 0));
        book.forget(peer(2_001));
        book.forget(peer(2_002));
        assertThat(book.agreement(peer(2))).isEqualTo(Agreement.NONE);
        assertThat(book.size()).isZero();
    }

    @Test
    void withoutAStampAnOpinionDoesNotCountButAFactDoes() {
        var strict = new ReputationBook(peer(SELF), 10_000, true);
        strict.file(opinion(2, SUBJECT, ReportKind.SOFT), NOW);
        assertThat(strict.score(peer(SUBJECT), NOW)).isEqualTo(0.40);
        strict.stamped(peer(2));
        assertThat(strict.score(peer(SUBJECT), NOW)).isLessThan(0.40);
        strict.file(proven(3, SUBJECT, ReportKind.EQUIVOCATION, TODAY, 0), NOW);
        assertThat(strict.terms(peer(SUBJECT), NOW).faults()).isEqualTo(3);
    }

    @Test
    void whatIsTooOldFromTheFutureOrAboutUsIsNotHeld() {
        assertThat(file(opinion(2, SUBJECT, ReportKind.SOFT, TODAY - 181, NOW)))
                .isEqualTo(Verdict.UNFIT);
        assertThat(file(opinion(2, SUBJECT, ReportKind.SOFT, TODAY + 2, NOW)))
                .isEqualTo(Verdict.UNFIT);
        assertThat(file(opinion(2, SELF, ReportKind.SOFT))).isEqualTo(Verdict.UNFIT);
        assertThat(file(opinion(2, SUBJECT, ReportKind.SOFT, TODAY + 1, NOW)))
                .isEqualTo(Verdict.FILED);
    }

    @Test
    void aReportIsHeldOnceAndMayBeProvenLater() {
        var filed = proven(2, SUBJECT, ReportKind.NO_FUNDING, TODAY, LOT);
        var unproven = new Filed(filed.signed(), Bytes.EMPTY, 5);
        assertThat(file(unproven)).isEqualTo(Verdict.FILED);
        assertThat(file(unproven)).isEqualTo(Verdict.KNOWN);
        assertThat(file(filed)).isEqualTo(Verdict.VERIFIED);
        assertThat(file(filed)).isEqualTo(Verdict.KNOWN);
        assertThat(book.size()).isEqualTo(1);
        assertThat(book.terms(peer(SUBJECT), NOW).deeds()).isEqualTo(1);
    }

    @Test
    void aFullFileLetsOpinionsOfTheUnknownGoFirst() {
        makeKnown(2, 3);
        file(opinion(SELF, SUBJECT, ReportKind.SETTLED, TODAY - 170, NOW));
        file(opinion(2, SUBJECT, ReportKind.SETTLED, TODAY - 170, NOW));
        file(proven(3, SUBJECT, ReportKind.EQUIVOCATION, TODAY - 170, 0));
        for (int reporter = 4; reporter < 600; reporter++) {
            file(opinion(reporter, SUBJECT, ReportKind.SOFT));
        }
        var reporters =
                book.reports(peer(SUBJECT)).stream().map(filed -> filed.report().reporter());
        assertThat(reporters)
                .hasSizeLessThanOrEqualTo(SubjectFile.REPORTS_MAX)
                .contains(peer(SELF), peer(2), peer(3));
    }

    @Test
    void theBookIsBoundedAndKeepsWhatIsProvenOrOurOwn() {
        var small = new ReputationBook(peer(SELF), 300, false);
        small.file(opinion(SELF, 5_000, ReportKind.SOFT), NOW);
        small.file(proven(2, 5_001, ReportKind.EQUIVOCATION, TODAY, 0), NOW);
        int dropped = 0;
        for (int subject = 6_000; subject < 6_900; subject++) {
            dropped += small.file(opinion(2, subject, ReportKind.SOFT), NOW).dropped().size();
            assertThat(small.size()).isLessThanOrEqualTo(300);
        }
        assertThat(dropped + small.size()).isEqualTo(902);
        assertThat(small.reports(peer(5_000))).hasSize(1);
        assertThat(small.reports(peer(5_001))).hasSize(1);
    }

    @Test
    void othersAreToldOurOwnWordAndWhatIsProvenFirst() {
        var own = opinion(SELF, SUBJECT, ReportKind.SOFT, TODAY, Instant.EPOCH);
        var fault = proven(2, SUBJECT, ReportKind.EQUIVOCATION, TODAY, 0);
        file(own);
        file(fault);
        for (int reporter = 3; reporter < 40; reporter++) {
            file(opinion(reporter, SUBJECT, ReportKind.SOFT));
        }
        var newest = opinion(50, SUBJECT, ReportKind.SOFT);
        file(newest);

        assertThat(book.held(peer(SUBJECT), 3)).containsExactly(fault, own, newest);
        assertThat(book.held(peer(9_999), 3)).isEmpty();
    }

    @Test
    void theExpiredAreForgotten() {
        file(opinion(2, SUBJECT, ReportKind.SOFT, TODAY - 100, NOW));
        file(opinion(3, SUBJECT, ReportKind.SOFT));
        assertThat(book.forgetExpired(NOW)).isEmpty();
        assertThat(book.forgetExpired(NOW.plus(Duration.ofDays(81)))).hasSize(1);
        assertThat(book.forgetExpired(NOW.plus(Duration.ofDays(200)))).hasSize(1);
        assertThat(book.size()).isZero();
        assertThat(book.subjects()).isEmpty();
    }

    /// The worked example of docs/reputation.md.
    @Test
    void theExampleOfTheDocumentComesOut() {
        makeKnown(2, 5);
        file(opinion(SELF, SUBJECT, ReportKind.SETTLED, TODAY - 30, NOW));
        file(opinion(2, SUBJECT, ReportKind.SETTLED));
        for (int counterparty = 3; counterparty < 7; counterparty++) {
            file(proven(counterparty, SUBJECT, ReportKind.SETTLED, TODAY, LOT));
        }
        for (int slanderer = 7; slanderer < 12; slanderer++) {
            file(opinion(slanderer, SUBJECT, ReportKind.SOFT));
        }
        file(proven(12, SUBJECT, ReportKind.NO_FUNDING, TODAY - 90, LOT));

        var terms = book.terms(peer(SUBJECT), NOW);
        assertThat(terms.good()).isCloseTo(1.640, within(0.0005));
        assertThat(terms.bad()).isCloseTo(1.110, within(0.0005));
        assertThat(terms.score()).isCloseTo(0.3534, within(0.0001));
        assertThat(book.limitCents(peer(SUBJECT), Exposure.defaults(), NOW))
                .isBetween(16_200L, 16_300L);
    }
}
