package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.p2prmb.protocols.reputation.Reports.accusation;
import static org.p2prmb.protocols.reputation.Reports.equivocation;
import static org.p2prmb.protocols.reputation.Reports.lease;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.Agents;

/// What signatures prove, and what they do not (attack 34).
final class StatementEvidenceTest {
    private static final KeyPair SUBJECT = Agents.keys(2);

    private final EvidenceChecker checker =
            new StatementEvidence(EvidenceChecker.NONE, Exhibits.NONE);

    private Finding equivocated(String statement, Bytes first, Bytes second) {
        var evidence = new Equivocation(statement, first, second).encoded();
        return checker.check(accusation(1, 2, ReportKind.EQUIVOCATION, evidence));
    }

    @Test
    void twoLeasesOfOneSequenceThatDifferProveAnEquivocation() {
        var first = lease(SUBJECT, 7, false).envelope();
        var second = lease(SUBJECT, 7, true).envelope();

        assertThat(equivocated("alive", first, second)).isInstanceOf(Finding.Verified.class);
    }

    @Test
    void twoContactRecordsOrReportsOfOneSequenceDoToo() {
        assertThat(
                        equivocated(
                                "contact",
                                Agents.contact(SUBJECT, 7).envelope(),
                                Agents.contact(SUBJECT, 7, Agents.BARBER).envelope()))
                .isInstanceOf(Finding.Verified.class);
        assertThat(
                        equivocated(
                                "report",
                                report(ReportKind.SOFT).envelope(),
                                report(ReportKind.SETTLED).envelope()))
                .isInstanceOf(Finding.Verified.class);
    }

    private static SignedReport report(ReportKind kind) {
        var plain =
                Report.plain(
                        SUBJECT.peerId(), Reports.peer(9), kind, 0, Bytes.EMPTY, 5, Reports.TODAY);
        return SignedReport.seal(plain, SUBJECT);
    }

    @Test
    void oneDeedIsOneFactWhoeverReportsItAndInWhateverOrder() {
        var first = lease(SUBJECT, 7, false).envelope();
        var second = lease(SUBJECT, 7, true).envelope();

        assertThat(equivocated("alive", second, first))
                .isEqualTo(equivocated("alive", first, second));
        var other = accusation(5, 2, ReportKind.EQUIVOCATION, equivocation(SUBJECT, 7));
        assertThat(checker.check(other)).isEqualTo(equivocated("alive", first, second));
        var deed = accusation(5, 2, ReportKind.EQUIVOCATION, equivocation(SUBJECT, 8));
        assertThat(checker.check(deed)).isNotEqualTo(equivocated("alive", first, second));
    }

    @Test
    void wrongEvidenceIsRefuted() {
        var lease = lease(SUBJECT, 7, false).envelope();
        var next = lease(SUBJECT, 8, true).envelope();
        var stranger = lease(Agents.keys(3), 7, true).envelope();
        var damaged = Bytes.copyOf(lease.toArray()).slice(0, lease.size() - 1);

        assertThat(equivocated("alive", lease, lease)).isInstanceOf(Finding.Refuted.class);
        assertThat(equivocated("alive", lease, next)).isInstanceOf(Finding.Refuted.class);
        assertThat(equivocated("alive", lease, stranger)).isInstanceOf(Finding.Refuted.class);
        assertThat(equivocated("alive", stranger, lease)).isInstanceOf(Finding.Refuted.class);
        assertThat(equivocated("alive", lease, damaged)).isInstanceOf(Finding.Refuted.class);
        assertThat(equivocated("contact", lease, next)).isInstanceOf(Finding.Refuted.class);
        assertThat(checker.check(accusation(1, 2, ReportKind.EQUIVOCATION, Bytes.utf8("?"))))
                .isInstanceOf(Finding.Refuted.class);
    }

    @Test
    void statementsOfALaterVersionAndOtherChainsAreOpinions() {
        var lease = lease(SUBJECT, 7, false).envelope();

        assertThat(equivocated("bid", lease, lease)).isEqualTo(new Finding.Unverified());
        for (var kind :
                new ReportKind[] {
                    ReportKind.NO_FUNDING,
                    ReportKind.WRONG_FUNDING,
                    ReportKind.FREE_OPTION,
                    ReportKind.SETTLED
                }) {
            assertThat(checker.check(accusation(1, 2, kind, Bytes.utf8("of another chain"))))
                    .isEqualTo(new Finding.Unverified());
        }
        assertThat(checker.check(Reports.sealed(1, 2, ReportKind.SOFT)))
                .isEqualTo(new Finding.Unverified());
    }

    @Test
    void theKindsOfTheExchangeAreCheckedByItsOwnChecker() {
        var fact = Reports.fact("a lock that never came");
        var all = new StatementEvidence(_ -> new Finding.Verified(fact), Exhibits.NONE);

        assertThat(all.check(accusation(1, 2, ReportKind.NO_FUNDING, Bytes.utf8("contract"))))
                .isEqualTo(new Finding.Verified(fact));
    }

    @Test
    void aReportWithWrongEvidenceIsProofAgainstItsReporter() {
        var lie =
                accusation(
                        2,
                        9,
                        ReportKind.EQUIVOCATION,
                        new Equivocation(
                                        "alive",
                                        lease(Agents.keys(9), 1, false).envelope(),
                                        lease(Agents.keys(9), 2, true).envelope())
                                .encoded());

        assertThat(checker.check(accusation(1, 2, ReportKind.FALSE_REPORT, lie.envelope())))
                .isInstanceOf(Finding.Verified.class);
        assertThat(checker.check(accusation(1, 3, ReportKind.FALSE_REPORT, lie.envelope())))
                .as("of somebody who did not say it")
                .isInstanceOf(Finding.Refuted.class);
    }

    @Test
    void whoCallsATrueReportFalseIsALiar() {
        var truth = accusation(2, 9, ReportKind.EQUIVOCATION, equivocation(Agents.keys(9), 4));
        var slander = accusation(3, 2, ReportKind.FALSE_REPORT, truth.envelope());

        assertThat(checker.check(slander)).isInstanceOf(Finding.Refuted.class);
        assertThat(checker.check(accusation(1, 3, ReportKind.FALSE_REPORT, slander.envelope())))
                .isInstanceOf(Finding.Verified.class);
    }

    @Test
    void anOpinionCannotBeCalledFalse() {
        var opinion = Reports.sealed(2, 9, ReportKind.SOFT);

        assertThat(checker.check(accusation(1, 2, ReportKind.FALSE_REPORT, opinion.envelope())))
                .isEqualTo(new Finding.Unverified());
    }

    @Test
    void theKindOfTwoEnvelopesIsFoundOut() throws ProtocolException {
        var lease = lease(SUBJECT, 7, false).envelope();
        var contact = Agents.contact(SUBJECT, 7).envelope();

        assertThat(Equivocation.of(lease, lease).statement()).isEqualTo("alive");
        assertThat(Equivocation.of(contact, lease).statement()).isEqualTo("contact");
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Equivocation.of(Bytes.utf8("x"), lease));
    }
}
