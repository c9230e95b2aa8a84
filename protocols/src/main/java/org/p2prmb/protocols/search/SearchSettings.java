package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// The limits of a [SearchMachine].
///
/// @param bounds of what is kept
/// @param rates of what peers may ask
/// @param stages of our own searches and of those that pass us
public record SearchSettings(Bounds bounds, Rates rates, Stages stages) {
    public static SearchSettings defaults() {
        return new SearchSettings(Bounds.defaults(), Rates.defaults(), Stages.defaults());
    }

    public SearchSettings withStages(Stages changed) {
        return new SearchSettings(bounds, rates, changed);
    }

    public SearchSettings withRates(Rates changed) {
        return new SearchSettings(bounds, changed, stages);
    }

    /// @param neighboursMax neighbours that are known at all
    /// @param pendingMax queries in work at once; each may cost a stream to a few neighbours
    /// @param pendingPerPeerMax of these, for one peer
    /// @param seenMax query ids that are remembered; fewer may let a query pass twice
    /// @param seenFor how long they are; not below the longest wait
    /// @param introductionsMax neighbours that are told of us when we fit a condition
    /// @param introducedAgainAfter how long the same condition causes no further introductions
    /// @param misleadsMax tags that a neighbour's filter may promise in a row and not have
    /// @param negativesMax conditions of which it is remembered that nobody fits
    /// @param negativeFor how long that is believed
    public record Bounds(
            int neighboursMax,
            int pendingMax,
            int pendingPerPeerMax,
            int seenMax,
            Duration seenFor,
            int introductionsMax,
            Duration introducedAgainAfter,
            int misleadsMax,
            int negativesMax,
            Duration negativeFor) {
        public Bounds {
            Limits.require(
                    neighboursMax > 0 && pendingMax > 0 && pendingPerPeerMax > 0 && seenMax > 0,
                    "the limits are positive");
            Limits.require(
                    introductionsMax >= 0 && misleadsMax > 0 && negativesMax >= 0,
                    "a limit is negative");
            Limits.require(
                    seenFor.compareTo(SearchQuery.PATIENCE_MAX) >= 0,
                    "query ids are remembered for the longest wait at least");
        }

        public static Bounds defaults() {
            return new Bounds(
                    1024,
                    1024,
                    64,
                    10_000,
                    Duration.ofMinutes(1),
                    3,
                    Duration.ofMinutes(10),
                    20,
                    1024,
                    Duration.ofSeconds(30));
        }
    }

    /// @param queriesPerSecond that each peer may ask in the long run
    /// @param queriesBurst that each peer may ask at once
    /// @param filtersBurst updates of a filter that each peer may send at once, and one a second
    /// @param filterInterval between two updates of our own
    public record Rates(
            int queriesPerSecond, int queriesBurst, int filtersBurst, Duration filterInterval) {
        public Rates {
            Limits.require(
                    queriesPerSecond > 0 && queriesBurst > 0 && filtersBurst > 0,
                    "the rates are positive");
            Limits.require(filterInterval.isPositive(), "an interval is positive");
        }

        public static Rates defaults() {
            return new Rates(10, 50, 10, Duration.ofSeconds(60));
        }

        public Rates withFilterInterval(Duration changed) {
            return new Rates(queriesPerSecond, queriesBurst, filtersBurst, changed);
        }
    }

    /// @param lookAheadMax promising neighbours that are asked at once; more are faster, at a cost
    /// @param lookAheadWait how long the search stands still for them
    /// @param walksMax walks before the DHT is asked, and again after it had nothing
    /// @param walkSteps agents that one walk visits at most: the DHT costs less than longer walks
    /// @param walkStagger between the starts of two walks; a longer one saves messages
    /// @param walkWait from the start of the last walk until the DHT is asked
    /// @param providersMax providers that the DHT is asked for
    /// @param providersAtOnce of these, asked at once for each result that is wanted
    /// @param providerWait how long one of them is waited for before the next is asked
    public record Stages(
            int lookAheadMax,
            Duration lookAheadWait,
            int walksMax,
            int walkSteps,
            Duration walkStagger,
            Duration walkWait,
            int providersMax,
            int providersAtOnce,
            Duration providerWait) {
        public Stages {
            Limits.require(
                    lookAheadMax >= 0 && walksMax >= 0 && providersMax >= 0 && providersAtOnce > 0,
                    "a limit is negative");
            Limits.require(walkSteps > 0, "a walk has steps");
        }

        /// For an agent without a DHT: walks are all that it has. They begin at once, or a fast one
        /// reaches the other neighbours first, and nobody is left to begin the next with.
        public Stages withLongWalks() {
            return new Stages(
                    lookAheadMax,
                    lookAheadWait,
                    walksMax,
                    SearchQuery.HOPS_MAX,
                    Duration.ZERO,
                    walkWait,
                    providersMax,
                    providersAtOnce,
                    providerWait);
        }

        public static Stages defaults() {
            return new Stages(
                    2,
                    Duration.ofMillis(400),
                    4,
                    4,
                    Duration.ofMillis(20),
                    Duration.ofMillis(300),
                    4,
                    1,
                    Duration.ofMillis(700));
        }
    }
}
