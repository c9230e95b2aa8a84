package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The reports that outlive the process: those of a [ReputationBook], and the stamps seen.
///
/// Safe for many threads. Writes are queued and take effect in the order of the calls, unless it
/// says otherwise.
public interface ReportShelf {
    /// All reports in the order in which they were put.
    List<Filed> load();

    /// Keeps a report; one of the same subject, reporter and sequence is replaced.
    void put(Filed filed);

    /// As [#put], but it survives a power cut when the call returns: for what is about to be sent.
    void putDurably(Filed filed);

    void remove(List<Filed> dropped);

    /// Keeps an exhibit of evidence; it survives a power cut when the call returns. Beyond a bound
    /// the oldest are forgotten.
    void putExhibit(Bytes hash, Bytes exhibit);

    Optional<Bytes> exhibit(Bytes hash);

    /// The stamps of reporters, as [#putStamp] got them.
    Map<PeerId, Long> stamps();

    /// Keeps the stamp of a reporter that was found right; beyond a bound the oldest are forgotten.
    void putStamp(PeerId reporter, long stamp);
}
