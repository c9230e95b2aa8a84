package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

/// What one agent asks another over `/rmb/reputation/1.0.0`.
public sealed interface ReputationRequest {
    /// The largest request, in bytes.
    int BYTES_MAX = 4_096;

    /// "What do you hold on this agent?"
    ///
    /// @param reportsMax 1 to [ReputationResponse#REPORTS_MAX]
    record Held(PeerId subject, int reportsMax) implements ReputationRequest {}

    /// "Keep this report of mine."
    record File(SignedReport report) implements ReputationRequest {}

    /// "Show me what a report names by this hash."
    record Exhibit(Bytes hash) implements ReputationRequest {
        public Exhibit {
            Limits.require(hash.size() == Exhibits.HASH_BYTES, "an exhibit's hash");
        }
    }
}
