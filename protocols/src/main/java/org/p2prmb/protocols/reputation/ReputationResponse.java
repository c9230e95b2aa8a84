package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;

/// What it is answered over `/rmb/reputation/1.0.0`.
public sealed interface ReputationResponse {
    /// Reports in one response.
    int REPORTS_MAX = 32;

    /// The largest response with reports, in bytes: room for as many of the largest kind.
    int BYTES_MAX = 72 * 1024;

    /// The largest response with an exhibit, in bytes.
    int EXHIBIT_BYTES_MAX = Exhibits.BYTES_MAX + 16;

    /// The reports asked for; none when a report was kept.
    record Reports(List<SignedReport> reports) implements ReputationResponse {
        public Reports {
            reports = List.copyOf(reports);
        }
    }

    /// The exhibit asked for.
    record Shown(Bytes exhibit) implements ReputationResponse {}

    /// @param code as of HTTP: 400 malformed, 403 not the reporter, 404 no such exhibit, 422 the
    ///     evidence is wrong, 429 too often
    record Refused(int code, String text) implements ReputationResponse {}
}
