package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ReputationWire;

final class SignedReportTest {
    private static final Bytes HASH = Bytes.wrap(new byte[32]);

    private static Report full(ReportKind kind, Bytes evidence) {
        return new Report(
                Reports.peer(1),
                Reports.peer(2),
                kind,
                123_456,
                HASH,
                HASH,
                evidence,
                77,
                Reports.TODAY,
                -5L);
    }

    @Test
    void whatIsSealedIsOpenedAgain() throws ProtocolException {
        var report = full(ReportKind.NO_FUNDING, Bytes.utf8("evidence"));

        var opened = SignedReport.open(SignedReport.seal(report, Agents.keys(1)).envelope());

        assertThat(opened.report()).isEqualTo(report);
    }

    @Test
    void anAgentSignsItsOwnReportsAndNoneOnItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SignedReport.seal(full(ReportKind.SOFT, Bytes.EMPTY), Agents.keys(3)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reports.sealed(1, 1, ReportKind.SOFT));
    }

    @Test
    void anOpinionHasNoEvidence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full(ReportKind.SOFT, Bytes.utf8("hearsay")));
    }

    @Test
    void aReportHasTwoKibibytesAtMostAndLeavesRoomToAccuseIt() throws ProtocolException {
        var room = Bytes.wrap(new byte[1_450]);
        var largest = SignedReport.seal(full(ReportKind.EQUIVOCATION, room), Agents.keys(1));
        assertThat(largest.envelope().size()).isBetween(1_700, SignedReport.ACCUSABLE_BYTES_MAX);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SignedReport.seal(
                                full(ReportKind.EQUIVOCATION, Bytes.wrap(new byte[1_600])),
                                Agents.keys(1)));

        var accusation = Reports.accusation(3, 1, ReportKind.FALSE_REPORT, largest.envelope());

        assertThat(accusation.envelope().size()).isLessThanOrEqualTo(SignedReport.BYTES_MAX);
        assertThat(SignedReport.open(accusation.envelope()).report().evidence())
                .isEqualTo(largest.envelope());
    }

    @Test
    void hugeEvidenceIsRefusedBeforeAnythingIsVerified() {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> SignedReport.open(Bytes.wrap(new byte[2_049])))
                .withMessageContaining("2049 bytes");
    }

    @Test
    void aKindOfALaterVersionIsAnOpinion() throws ProtocolException {
        var opened = SignedReport.open(payload(99, 0));

        assertThat(opened.report().kind()).isEqualTo(ReportKind.UNKNOWN);
        assertThat(new StatementEvidence(EvidenceChecker.NONE, Exhibits.NONE).check(opened))
                .isEqualTo(new Finding.Unverified());
    }

    @Test
    void noKindAndAbsurdAmountsAreRefused() {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> SignedReport.open(payload(0, 0)));
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> SignedReport.open(payload(1, Amounts.CENTS_MAX + 1)));
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> SignedReport.open(payload(1, -1)));
    }

    private static Bytes payload(int kind, long cents) {
        var message =
                ReputationWire.Report.newBuilder()
                        .setSubject(Wire.field(Reports.peer(2).multihash()))
                        .setKind(kind)
                        .setAmountUsdCents(cents)
                        .setEpoch(Reports.TODAY)
                        .build();
        return StatementKind.REPORT.seal(Agents.keys(1), Wire.encode(message));
    }

    /// R6 of the goals: 20,000 mutants in each build, a million with `-Druns=1000000`.
    @Test
    void noMutantOfAReportIsAccepted() {
        var keys = Agents.keys(1);
        var reports =
                new SignedReport[] {
                    SignedReport.seal(full(ReportKind.SOFT, Bytes.EMPTY), keys),
                    SignedReport.seal(full(ReportKind.SETTLED, Bytes.utf8("evidence")), keys),
                    Reports.accusation(
                            1, 2, ReportKind.EQUIVOCATION, Reports.equivocation(Agents.keys(2), 9))
                };
        Seeds.forEach(
                20_000,
                random -> {
                    var report = reports[random.nextInt(reports.length)];
                    var mutant = Seeds.mutate(random, report.envelope().toArray());
                    try {
                        var opened = SignedReport.open(Bytes.wrap(mutant));
                        // Bytes that protobuf does not look at may change; what was signed may not.
                        assertThat(opened.report()).isEqualTo(report.report());
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageNotContaining("null");
                    }
                });
    }
}
