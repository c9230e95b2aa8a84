package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.p2prmb.protocols.reputation.Reports.LOT;
import static org.p2prmb.protocols.reputation.Reports.NOW;
import static org.p2prmb.protocols.reputation.Reports.TODAY;
import static org.p2prmb.protocols.reputation.Reports.opinion;
import static org.p2prmb.protocols.reputation.Reports.peer;
import static org.p2prmb.protocols.reputation.Reports.proven;

import org.junit.jupiter.api.Test;

final class ExposureTest {
    private static final int SELF = 0;
    private static final int RING = 50;

    private final Exposure exposure = Exposure.defaults();

    @Test
    void aNewcomerIsTrustedWithOneLotAndOneBelowThreeTenthsWithNothing() {
        assertThat(exposure.limitCents(0.40, false, 0)).isEqualTo(LOT);
        assertThat(exposure.limitCents(0.30, false, 0)).isEqualTo(LOT);
        assertThat(exposure.limitCents(0.2999, false, 0)).isZero();
        assertThat(exposure.limitCents(0.2999, false, 100 * LOT)).isZero();
    }

    @Test
    void whatWasSettledWithUsRaisesTheLimitUpToTheGreatest() {
        assertThat(exposure.limitCents(0.8, false, 10 * LOT)).isEqualTo(LOT + 320_000);
        assertThat(exposure.limitCents(1, false, 1_000 * LOT)).isEqualTo(50 * LOT);
    }

    @Test
    void aVerifiedFaultCostsNineTenthsOfALotUntilTheScoreIsGoodAgain() {
        assertThat(exposure.limitCents(0.45, true, 0)).isEqualTo(LOT / 10);
        assertThat(exposure.limitCents(0.50, true, 0)).isEqualTo(LOT);
    }

    @Test
    void aSellerMayRiskLessWithNewcomersButNotMore() {
        var careful = new Exposure(20_000, 50 * LOT);
        assertThat(careful.limitCents(0.40, false, 0)).isEqualTo(20_000);
        assertThat(careful.limitCents(0.50, false, LOT)).isEqualTo(LOT + 12_500);
        assertThatIllegalArgumentException().isThrownBy(() -> new Exposure(LOT + 1, 50 * LOT));
    }

    /// Attack 35: fifty agents that settle with nobody but each other.
    @Test
    void aRingThatDealsWithItselfIsTrustedWithOneLotEach() {
        var book = new ReputationBook(peer(SELF), 100_000, false);
        for (int one = 1; one <= RING; one++) {
            for (int other = 1; other <= RING; other++) {
                if (one != other) {
                    book.file(proven(one, other, ReportKind.SETTLED, TODAY, 100 * LOT), NOW);
                }
            }
        }
        for (int member = 1; member <= RING; member++) {
            assertThat(book.limitCents(peer(member), exposure, NOW)).isEqualTo(LOT);
        }

        book.file(opinion(SELF, 1, ReportKind.SETTLED), NOW);

        assertThat(book.limitCents(peer(1), exposure, NOW)).isGreaterThan(LOT);
        assertThat(book.limitCents(peer(2), exposure, NOW)).isEqualTo(LOT);
    }

    /// The same where nobody can look at their chain: their swaps are opinions of strangers.
    @Test
    void aRingWhoseSwapsNobodyCanCheckScoresAHalfAtMost() {
        var book = new ReputationBook(peer(SELF), 100_000, false);
        for (int one = 1; one <= RING; one++) {
            for (int other = 1; other <= RING; other++) {
                if (one != other) {
                    book.file(opinion(one, other, ReportKind.SETTLED), NOW);
                }
            }
        }
        for (int member = 1; member <= RING; member++) {
            assertThat(book.score(peer(member), NOW)).isLessThanOrEqualTo(0.5);
        }
    }

    /// Decision 15: nobody knows anybody, and everybody may deal with everybody.
    @Test
    void twentyStrangersMayAllDealInOneLot() {
        for (int self = 0; self < 20; self++) {
            var book = new ReputationBook(peer(self), 10_000, false);
            for (int other = 0; other < 20; other++) {
                if (other != self) {
                    assertThat(book.limitCents(peer(other), exposure, NOW)).isEqualTo(LOT);
                }
            }
        }
    }
}
