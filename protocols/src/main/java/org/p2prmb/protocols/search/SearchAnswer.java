package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;

/// A part of the answer to a query, or all of it: verified records, each signed by its provider.
///
/// @param agentsAsked how many agents looked; a claim of theirs, not a proof
/// @param hops over how many agents the farthest record came, 0 from the answerer's own memory; a
///     claim as well
/// @param hopsLeft steps that the query did not use
/// @param repeated whether the answerer had seen the query before
public record SearchAnswer(
        QueryId id,
        List<SignedContact> records,
        int agentsAsked,
        int hops,
        int hopsLeft,
        boolean repeated) {
    /// The largest answer on the wire, in bytes.
    public static final int BYTES_MAX = 64 * 1024;

    /// More agents than that are not believed.
    public static final int AGENTS_MAX = 1_000_000;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public SearchAnswer {
        records = List.copyOf(records);
        Limits.count(records, SearchQuery.RESULTS_MAX, "records");
        Limits.require(agentsAsked >= 0 && agentsAsked <= AGENTS_MAX, "too many agents");
        Limits.require(
                hops >= 0
                        && hops <= SearchQuery.HOPS_MAX
                        && hopsLeft >= 0
                        && hopsLeft <= SearchQuery.HOPS_MAX,
                "an answer comes over 0 to 12 hops");
    }

    static SearchAnswer of(QueryId id, List<SignedContact> records, int agentsAsked) {
        return new SearchAnswer(id, records, agentsAsked, 0, 0, false);
    }

    static SearchAnswer nothing(QueryId id) {
        return of(id, List.of(), 0);
    }

    /// We do not work on it: what it has left takes another way.
    static SearchAnswer refused(SearchQuery query) {
        return new SearchAnswer(query.id(), List.of(), 0, 0, query.hopsLeft(), false);
    }

    static SearchAnswer repeated(SearchQuery query) {
        return new SearchAnswer(query.id(), List.of(), 0, 0, query.hopsLeft(), true);
    }
}
