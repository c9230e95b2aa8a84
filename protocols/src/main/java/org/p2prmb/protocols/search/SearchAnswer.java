package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;

/// Who was found: verified records, each signed by its provider itself.
///
/// @param agentsAsked how many agents looked; a claim of theirs, not a proof
public record SearchAnswer(QueryId id, List<SignedContact> records, int agentsAsked) {
    /// The largest answer on the wire, in bytes.
    public static final int BYTES_MAX = 64 * 1024;

    /// More agents than that are not believed.
    public static final int AGENTS_MAX = 1_000_000;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public SearchAnswer {
        records = List.copyOf(records);
        Limits.count(records, SearchQuery.RESULTS_MAX, "records");
        Limits.require(agentsAsked >= 0 && agentsAsked <= AGENTS_MAX, "too many agents");
    }

    static SearchAnswer nothing(QueryId id) {
        return new SearchAnswer(id, List.of(), 0);
    }
}
