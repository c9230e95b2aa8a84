package org.p2prmb.node;

import org.p2prmb.protocols.reputation.Agreement;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.Stamp;
import org.p2prmb.protocols.reputation.Terms;

import java.util.List;

/// A score with what it is made of.
///
/// @param limitCents how much may be in flight, in cents of US dollars
/// @param reports the newest first
public record Explanation(Terms terms, long limitCents, List<Explained> reports) {
    public Explanation {
        reports = List.copyOf(reports);
    }

    /// One report, and what its reporter's word is worth to us.
    ///
    /// @param own whether it is our own experience
    /// @param counts whether the reporter's opinion counts at all, see [Stamp]
    public record Explained(Filed filed, boolean own, boolean counts, Agreement agreement) {}
}
