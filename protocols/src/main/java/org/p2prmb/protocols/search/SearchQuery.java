package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SearchCondition;

import java.time.Duration;

/// "Who fits this?" It names neither the asker nor its address: answers come back along the path.
///
/// @param hopsLeft how many further agents the query may visit, 0 to 12
/// @param resultsMax how many records the asker can use, 1 to 16
/// @param patience how long the asker still waits: whole milliseconds, at most 30 s
public record SearchQuery(
        QueryId id, SearchCondition condition, int hopsLeft, int resultsMax, Duration patience) {
    /// The largest query on the wire, in bytes.
    public static final int BYTES_MAX = 16 * 1024;

    public static final int HOPS_MAX = 12;
    public static final int RESULTS_MAX = 16;
    public static final Duration PATIENCE_MAX = Duration.ofSeconds(30);

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public SearchQuery {
        Limits.require(hopsLeft >= 0 && hopsLeft <= HOPS_MAX, "a query takes 0 to 12 hops");
        Limits.require(resultsMax >= 1 && resultsMax <= RESULTS_MAX, "a query has 1 to 16 results");
        Limits.require(
                !patience.isNegative()
                        && patience.compareTo(PATIENCE_MAX) <= 0
                        && patience.toNanosPart() % 1_000_000 == 0,
                "a query waits for a number of milliseconds up to 30000");
    }

    /// The same query on its next hop.
    SearchQuery forwarded(int hops, int results, Duration left) {
        var millis = Math.clamp(left.toMillis(), 0, PATIENCE_MAX.toMillis());
        return new SearchQuery(id, condition, hops, results, Duration.ofMillis(millis));
    }
}
