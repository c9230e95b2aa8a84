package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// The limits of a [SearchMachine].
///
/// @param fanOutMax neighbours that a query is forwarded to; more finds more at the network's cost
/// @param neighboursMax neighbours that are known at all
/// @param pendingMax queries in work at once; each may cost a stream to every asked neighbour
/// @param seenMax query ids that are remembered; fewer may let a query pass twice
/// @param seenFor how long they are; not below the longest wait
/// @param queriesPerSecond that each peer may ask in the long run
/// @param queriesBurst that each peer may ask at once
/// @param introductionsMax neighbours that are told of us when we fit a condition
/// @param introducedAgainAfter how long the same condition causes no further introductions
public record SearchSettings(
        int fanOutMax,
        int neighboursMax,
        int pendingMax,
        int seenMax,
        Duration seenFor,
        int queriesPerSecond,
        int queriesBurst,
        int introductionsMax,
        Duration introducedAgainAfter) {
    public SearchSettings {
        Limits.require(
                fanOutMax > 0 && neighboursMax > 0 && pendingMax > 0 && seenMax > 0,
                "the limits are positive");
        Limits.require(queriesPerSecond > 0 && queriesBurst > 0, "the rates are positive");
        Limits.require(introductionsMax >= 0, "the number of introductions is negative");
        Limits.require(
                seenFor.compareTo(SearchQuery.PATIENCE_MAX) >= 0,
                "query ids are remembered for the longest wait at least");
    }

    public static SearchSettings defaults() {
        return new SearchSettings(
                8, 1024, 1024, 10_000, Duration.ofMinutes(1), 10, 50, 3, Duration.ofMinutes(10));
    }
}
