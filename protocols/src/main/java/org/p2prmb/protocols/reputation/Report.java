package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

/// What one agent says of another; it counts only as a [SignedReport].
///
/// @param reporter who says it
/// @param subject of whom
/// @param amountUsdCents what the deal was about, 0 to [Amounts#CENTS_MAX]
/// @param swapId 32 bytes, or empty when there was no swap
/// @param contractHash 32 bytes, or empty
/// @param evidence what anybody can check, in the form of the kind; empty for [ReportKind#SOFT]
/// @param sequence 0 or more, grows with every report of this reporter
/// @param epoch when it happened, in days since 1970 (UTC)
/// @param stamp what makes the reporter count, see [Stamp]; 0 without one
public record Report(
        PeerId reporter,
        PeerId subject,
        ReportKind kind,
        long amountUsdCents,
        Bytes swapId,
        Bytes contractHash,
        Bytes evidence,
        long sequence,
        int epoch,
        long stamp) {
    public static final int EVIDENCE_BYTES_MAX = 1_900;
    private static final int HASH_BYTES = 32;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Report {
        Limits.require(!reporter.equals(subject), "nobody reports on itself");
        Limits.require(
                amountUsdCents >= 0 && amountUsdCents <= Amounts.CENTS_MAX,
                "an amount outside 0 to 10^12 cents");
        hash(swapId, "swap id");
        hash(contractHash, "contract hash");
        Limits.require(evidence.size() <= EVIDENCE_BYTES_MAX, "too much evidence");
        Limits.require(
                kind != ReportKind.SOFT || evidence.size() == 0, "a soft report with evidence");
        Limits.require(sequence >= 0, "a report's sequence is negative");
        Limits.require(epoch >= 0, "a report's epoch is negative");
    }

    private static void hash(Bytes hash, String what) {
        Limits.require(hash.size() == 0 || hash.size() == HASH_BYTES, what + " of a wrong length");
    }

    /// A report without swap and contract.
    public static Report plain(
            PeerId reporter,
            PeerId subject,
            ReportKind kind,
            long amountUsdCents,
            Bytes evidence,
            long sequence,
            int epoch) {
        return new Report(
                reporter,
                subject,
                kind,
                amountUsdCents,
                Bytes.EMPTY,
                Bytes.EMPTY,
                evidence,
                sequence,
                epoch,
                0);
    }

    /// The same with a stamp.
    public Report stamped(long withStamp) {
        return new Report(
                reporter,
                subject,
                kind,
                amountUsdCents,
                swapId,
                contractHash,
                evidence,
                sequence,
                epoch,
                withStamp);
    }

    /// The same as another report, whose stamp is still to come.
    public Report numbered(long withSequence) {
        return new Report(
                reporter,
                subject,
                kind,
                amountUsdCents,
                swapId,
                contractHash,
                evidence,
                withSequence,
                epoch,
                0);
    }
}
