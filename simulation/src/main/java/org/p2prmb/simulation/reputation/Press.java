package org.p2prmb.simulation.reputation;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.reputation.Exhibits;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReporterQuotas;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.StatementEvidence;
import org.p2prmb.simulation.engine.ModelSignatures;
import org.p2prmb.simulation.engine.Violation;

import java.time.Instant;
import java.util.Optional;

/// Signs, encodes, decodes, verifies and rations every report with the production code: once for
/// all receivers, who would all come to the same.
final class Press {
    private final Signatures signatures = new ModelSignatures();
    private final ReporterQuotas quotas = new ReporterQuotas();
    private final EvidenceChecker checker;
    private long accepted;
    private long refused;

    Press(Deals deals) {
        checker = new StatementEvidence(deals, Exhibits.NONE, signatures);
    }

    /// The report as others file it; nothing when it is refused.
    ///
    /// @param deal what it is about, and evidence at once; null for a mere opinion
    Optional<Filed> print(
            Identity reporter,
            Identity subject,
            ReportKind kind,
            long cents,
            Deals.@Nullable Deal deal,
            Instant now) {
        var report =
                new Report(
                        reporter.peer(),
                        subject.peer(),
                        kind,
                        cents,
                        deal == null ? Bytes.EMPTY : deal.id(),
                        Bytes.EMPTY,
                        deal == null || kind == ReportKind.SOFT ? Bytes.EMPTY : deal.id(),
                        reporter.nextSequence(),
                        ReputationBook.epoch(now),
                        0);
        var signed = SignedReport.seal(report, reporter.keys(), signatures);
        requireReceived(signed);
        if (!quotas.mayReport(reporter.peer(), now)) {
            refused++;
            return Optional.empty();
        }
        var finding = checker.check(signed);
        if (finding instanceof Finding.Refuted) {
            refused++;
            return Optional.empty();
        }
        accepted++;
        return Optional.of(Filed.of(signed, finding, now.toEpochMilli()));
    }

    /// What is received is what was sent, so the books share one in place of a copy.
    private void requireReceived(SignedReport sent) {
        try {
            if (!SignedReport.open(sent.envelope(), signatures).report().equals(sent.report())) {
                throw new Violation("a report changed on its way: " + sent);
            }
        } catch (ProtocolException e) {
            throw new Violation("a report that does not verify: " + e.getMessage());
        }
    }

    /// Whether the reporter may tell everybody of a fault now.
    boolean mayPublish(Identity reporter, Instant now) {
        return quotas.mayPublish(reporter.peer(), now);
    }

    long accepted() {
        return accepted;
    }

    long refused() {
        return refused;
    }
}
