package org.p2prmb.protocols.reputation;

/// Looks at the evidence of reports.
///
/// May block, where a chain has to be asked. Whoever lacks the means to check says
/// [Finding.Unverified]; [Finding.Refuted] is kept for what nobody can find otherwise.
@FunctionalInterface
public interface EvidenceChecker {
    /// Checks nothing: every report is an opinion.
    EvidenceChecker NONE = _ -> new Finding.Unverified();

    Finding check(SignedReport report);
}
