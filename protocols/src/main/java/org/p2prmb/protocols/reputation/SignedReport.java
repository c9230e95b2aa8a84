package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ReputationWire;

/// A [Report] together with the envelope in which its reporter signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof of who says it, but not
/// that it is true: that is for an [EvidenceChecker] to find out.
public final class SignedReport {
    /// The largest envelope, in bytes.
    public static final int BYTES_MAX = 2_048;

    /// The same for all kinds but [ReportKind#FALSE_REPORT], so that every report fits into one
    /// that accuses it.
    public static final int ACCUSABLE_BYTES_MAX = 1_792;

    private final Report report;
    private final Bytes envelope;

    private SignedReport(Report report, Bytes envelope) {
        this.report = report;
        this.envelope = envelope;
    }

    /// Signs a report of our own; throws `IllegalArgumentException` when it is not the signer's, of
    /// an unknown kind, or too large.
    public static SignedReport seal(Report report, KeyPair signer) {
        return seal(report, signer, Signatures.REAL);
    }

    /// As the other `seal`, with signatures of another kind.
    public static SignedReport seal(Report report, KeyPair signer, Signatures signatures) {
        Limits.require(report.reporter().equals(signer.peerId()), "an agent signs its own reports");
        Limits.require(report.kind() != ReportKind.UNKNOWN, "a report of no kind");
        var envelope = StatementKind.REPORT.seal(signer, encode(report), signatures);
        requireSize(report.kind(), envelope);
        return new SignedReport(report, envelope);
    }

    /// Verifies who says it, of a report that came from anywhere.
    public static SignedReport open(Bytes envelope) throws ProtocolException {
        return open(envelope, Signatures.REAL);
    }

    /// As the other `open`, with signatures of another kind.
    public static SignedReport open(Bytes envelope, Signatures signatures)
            throws ProtocolException {
        var signed = StatementKind.REPORT.open(envelope, signatures);
        var reporter = signed.signer().peerId();
        var report =
                Wire.decode(
                        ReputationWire.Report.parser(),
                        signed.payload(),
                        message -> decode(message, reporter, envelope));
        return new SignedReport(report, envelope);
    }

    public Report report() {
        return report;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    private static Bytes encode(Report report) {
        return Wire.encode(
                ReputationWire.Report.newBuilder()
                        .setSubject(Wire.field(report.subject().multihash()))
                        .setKind(report.kind().number())
                        .setAmountUsdCents(report.amountUsdCents())
                        .setSwapId(Wire.field(report.swapId()))
                        .setContractHash(Wire.field(report.contractHash()))
                        .setEvidence(Wire.field(report.evidence()))
                        .setSequence(report.sequence())
                        .setEpoch(report.epoch())
                        .setStamp(report.stamp())
                        .build());
    }

    private static Report decode(ReputationWire.Report message, PeerId reporter, Bytes envelope)
            throws ProtocolException {
        if (message.getKind() == 0) {
            throw new ProtocolException("a report of no kind");
        }
        var kind = ReportKind.of(message.getKind());
        requireSize(kind, envelope);
        return new Report(
                reporter,
                PeerId.decode(Wire.bytes(message.getSubject())),
                kind,
                Wire.unsigned(message.getAmountUsdCents(), "amount"),
                Wire.bytes(message.getSwapId()),
                Wire.bytes(message.getContractHash()),
                Wire.bytes(message.getEvidence()),
                Wire.unsigned(message.getSequence(), "sequence"),
                message.getEpoch(),
                message.getStamp());
    }

    private static void requireSize(ReportKind kind, Bytes envelope) {
        Limits.require(
                kind == ReportKind.FALSE_REPORT || envelope.size() <= ACCUSABLE_BYTES_MAX,
                "a report of more than %d bytes".formatted(ACCUSABLE_BYTES_MAX));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedReport signed && envelope.equals(signed.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "%s report #%d of %s on %s"
                .formatted(
                        report.kind(),
                        report.sequence(),
                        report.reporter().shortText(),
                        report.subject().shortText());
    }
}
