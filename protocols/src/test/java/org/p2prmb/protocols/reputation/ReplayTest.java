package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.protocols.reputation.Reports.NOW;
import static org.p2prmb.protocols.reputation.Reports.TODAY;
import static org.p2prmb.protocols.reputation.Reports.opinion;
import static org.p2prmb.protocols.reputation.Reports.peer;
import static org.p2prmb.protocols.reputation.Reports.proven;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/// A score follows from the reports that are held and the day, to the last bit (goal R8).
final class ReplayTest {
    private static final int SELF = 0;
    private static final int AGENTS = 12;
    private static final int REPORTS = 120;

    private static List<Filed> history(RandomGenerator random) {
        var history = new ArrayList<Filed>();
        for (int made = 0; made < REPORTS; made++) {
            int reporter = random.nextInt(AGENTS);
            int subject = 1 + random.nextInt(AGENTS - 1);
            if (reporter == subject) {
                continue;
            }
            int epoch = TODAY - random.nextInt(100);
            var kind = random.nextInt(3) > 0 ? ReportKind.SETTLED : ReportKind.SOFT;
            var received = NOW.minus(Duration.ofSeconds(random.nextInt(1_000)));
            history.add(
                    random.nextInt(6) == 0
                            ? proven(reporter, subject, ReportKind.NO_FUNDING, epoch, 70_000)
                            : opinion(reporter, subject, kind, epoch, received));
        }
        return history;
    }

    private static ReputationBook book(List<Filed> reports) {
        var book = new ReputationBook(peer(SELF), 10_000, false);
        reports.forEach(report -> book.file(report, NOW));
        return book;
    }

    private static List<Terms> terms(ReputationBook book) {
        var terms = new ArrayList<Terms>();
        for (int subject = 1; subject < AGENTS; subject++) {
            terms.add(book.terms(peer(subject), NOW.plus(Duration.ofDays(3))));
        }
        return terms;
    }

    private static List<Filed> held(ReputationBook book) {
        var held = new ArrayList<Filed>();
        for (int subject = 1; subject < AGENTS; subject++) {
            held.addAll(book.reports(peer(subject)));
        }
        return held;
    }

    @Test
    void whatWasHeldGivesTheSameScoresInWhateverOrderItIsReadAgain() {
        Seeds.forEach(
                30,
                random -> {
                    var book = book(history(random));
                    var held = held(book);
                    for (int time = 0; time < 3; time++) {
                        Collections.shuffle(held, java.util.Random.from(random));
                        // Records of doubles are equal when their bits are.
                        assertThat(terms(book(held))).isEqualTo(terms(book));
                    }
                });
    }

    @Test
    void weighingIncludesComparisonsAndTheyAreReplayedToo() {
        Seeds.forEach(
                30,
                random -> {
                    var book = book(history(random));
                    var again = book(held(book));
                    for (int reporter = 1; reporter < AGENTS; reporter++) {
                        assertThat(again.agreement(peer(reporter)))
                                .isEqualTo(book.agreement(peer(reporter)));
                    }
                });
    }

    @Test
    void reportsThatTravelledGiveTheSameScore() {
        Seeds.forEach(
                5,
                random -> {
                    var book = book(history(random));
                    var carried = new ArrayList<Filed>();
                    for (var filed : held(book)) {
                        var opened = SignedReport.open(filed.signed().envelope());
                        carried.add(new Filed(opened, filed.fact(), filed.receivedMillis()));
                    }
                    assertThat(terms(book(carried))).isEqualTo(terms(book));
                });
    }
}
