package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.WindowEvidence;
import org.p2prmb.protocols.statements.Canonical;

/// Checks what signatures alone prove: equivocation, false reports, and faults in windows. The
/// other kinds are another checker's.
public final class StatementEvidence implements EvidenceChecker {
    private final EvidenceChecker others;
    private final Exhibits exhibits;
    private final Signatures signatures;

    /// @param others checks the kinds that need more than signatures
    /// @param exhibits where the results of windows are
    public StatementEvidence(EvidenceChecker others, Exhibits exhibits) {
        this(others, exhibits, Signatures.REAL);
    }

    /// As the other one, with signatures of another kind.
    public StatementEvidence(EvidenceChecker others, Exhibits exhibits, Signatures signatures) {
        this.others = others;
        this.exhibits = exhibits;
        this.signatures = signatures;
    }

    @Override
    public Finding check(SignedReport signed) {
        var report = signed.report();
        return switch (report.kind()) {
            case EQUIVOCATION -> equivocation(report);
            case FALSE_REPORT -> falseReport(report);
            case WINDOW_FAULT -> windowFault(report);
            case SOFT, UNKNOWN -> new Finding.Unverified();
            case NO_FUNDING, WRONG_FUNDING, FREE_OPTION, SETTLED -> others.check(signed);
        };
    }

    private Finding equivocation(Report report) {
        try {
            var evidence = Equivocation.decode(report.evidence());
            var sequence = evidence.sequence(report.subject(), signatures);
            if (sequence.isEmpty()) {
                return new Finding.Unverified();
            }
            return new Finding.Verified(
                    Canonical.domain("rmb/fact/1")
                            .text("equivocation")
                            .bytes(report.subject().multihash())
                            .text(evidence.statement())
                            .longNumber(sequence.getAsLong())
                            .sha256());
        } catch (ProtocolException e) {
            return new Finding.Refuted(String.valueOf(e.getMessage()));
        }
    }

    private Finding windowFault(Report report) {
        try {
            var fault =
                    WindowEvidence.open(
                            report.evidence(),
                            hash -> exhibits.find(hash, report.reporter()),
                            signatures);
            if (fault.isPresent() && !fault.get().seller().equals(report.subject())) {
                return new Finding.Refuted("statements of somebody else");
            }
            return fault.<Finding>map(proven -> new Finding.Verified(proven.fact()))
                    .orElse(new Finding.Unverified());
        } catch (ProtocolException e) {
            return new Finding.Refuted(String.valueOf(e.getMessage()));
        }
    }

    /// Each report within a report is smaller, so this ends.
    private Finding falseReport(Report report) {
        SignedReport accused;
        try {
            accused = SignedReport.open(report.evidence(), signatures);
        } catch (ProtocolException e) {
            return new Finding.Refuted("the evidence is no report: " + e.getMessage());
        }
        if (!accused.report().reporter().equals(report.subject())) {
            return new Finding.Refuted("a report by somebody else than the subject");
        }
        return switch (check(accused)) {
            case Finding.Refuted _ -> new Finding.Verified(falsehood(accused.report()));
            case Finding.Verified _ -> new Finding.Refuted("the accused report is true");
            case Finding.Unverified unverified -> unverified;
        };
    }

    /// By author and number, not by its bytes, of which one report may have many.
    private static Bytes falsehood(Report accused) {
        return Canonical.domain("rmb/fact/1")
                .text("false-report")
                .bytes(accused.reporter().multihash())
                .longNumber(accused.sequence())
                .sha256();
    }
}
