package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.Watchers;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Reports of the people of the tests, and a day on which they are made.
final class Reports {
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    static final int TODAY = ReputationBook.epoch(NOW);
    static final long LOT = Exposure.LOT_CENTS;

    private static final Map<PeerId, Long> SEQUENCES = new HashMap<>();

    private Reports() {}

    static PeerId peer(int number) {
        return Agents.keys(number).peerId();
    }

    static Report plain(int reporter, int subject, ReportKind kind, int epoch) {
        return plain(reporter, subject, kind, epoch, LOT, Bytes.EMPTY);
    }

    static Report plain(
            int reporter, int subject, ReportKind kind, int epoch, long cents, Bytes evidence) {
        var sequence = next(peer(reporter));
        return Report.plain(peer(reporter), peer(subject), kind, cents, evidence, sequence, epoch);
    }

    private static synchronized long next(PeerId reporter) {
        return SEQUENCES.merge(reporter, 1L, Long::sum);
    }

    static SignedReport sealed(int reporter, int subject, ReportKind kind) {
        return SignedReport.seal(plain(reporter, subject, kind, TODAY), Agents.keys(reporter));
    }

    /// An opinion of today, received now.
    static Filed opinion(int reporter, int subject, ReportKind kind) {
        return opinion(reporter, subject, kind, TODAY, NOW);
    }

    static Filed opinion(int reporter, int subject, ReportKind kind, int epoch, Instant received) {
        var report = plain(reporter, subject, kind, epoch);
        return new Filed(
                SignedReport.seal(report, Agents.keys(reporter)),
                Bytes.EMPTY,
                received.toEpochMilli());
    }

    /// What somebody proved of a deal about so much.
    static Filed proven(int reporter, int subject, ReportKind kind, int epoch, long cents) {
        var report = plain(reporter, subject, kind, epoch, cents, Bytes.utf8("evidence"));
        return new Filed(
                SignedReport.seal(report, Agents.keys(reporter)),
                fact(report.reporter() + " " + report.sequence()),
                NOW.toEpochMilli());
    }

    static Bytes fact(String text) {
        return Canonical.domain("test").text(text).sha256();
    }

    static SignedLease lease(KeyPair subject, long sequence, boolean leaving) {
        var lease =
                new Lease(
                        subject.peerId(),
                        sequence,
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(30),
                        Watchers.NONE.commitment(),
                        1,
                        leaving);
        return SignedLease.seal(lease, subject);
    }

    /// Two leases of one sequence that say different things.
    static Bytes equivocation(KeyPair subject, long sequence) {
        return new Equivocation(
                        "alive",
                        lease(subject, sequence, false).envelope(),
                        lease(subject, sequence, true).envelope())
                .encoded();
    }

    static SignedReport accusation(int reporter, int subject, ReportKind kind, Bytes evidence) {
        return SignedReport.seal(
                plain(reporter, subject, kind, TODAY, 0, evidence), Agents.keys(reporter));
    }
}
