package org.p2prmb.node.config;

import java.time.Duration;

/// The bounds of the searches that this agent makes for its owner.
///
/// @param hopsMax how far a query of ours travels, 1 to 12; with less than 12 fewer agents near us
///     remember the answer, with less than 10 none; each hop adds a round trip and more agents
/// @param resultsMax records in one answer, 1 to 16; more make answers larger and asking slower
/// @param waitMax how long one search may take, at most 30 s; a longer one holds a stream at every
///     agent on its path for that time
public record SearchConfig(int hopsMax, int resultsMax, Duration waitMax) {
    public SearchConfig {
        Bounds.count("search.hopsMax", hopsMax, 1, 12);
        Bounds.count("search.resultsMax", resultsMax, 1, 16);
        Bounds.time("search.waitMax", waitMax, Duration.ofMillis(100), Duration.ofSeconds(30));
    }

    public static SearchConfig defaults() {
        return new SearchConfig(12, 16, Duration.ofSeconds(10));
    }

    public SearchConfig withHopsMax(int changed) {
        return new SearchConfig(changed, resultsMax, waitMax);
    }

    public SearchConfig withResultsMax(int changed) {
        return new SearchConfig(hopsMax, changed, waitMax);
    }

    public SearchConfig withWaitMax(Duration changed) {
        return new SearchConfig(hopsMax, resultsMax, changed);
    }
}
