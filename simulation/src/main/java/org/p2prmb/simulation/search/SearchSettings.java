package org.p2prmb.simulation.search;

import org.p2prmb.simulation.RunSettings;

/// What a run of the search scenario is like.
///
/// @param queries how many searches there are, of which the second half is measured
/// @param tags how many different ones are offered and sought
/// @param churn the share of agents that is replaced while a tenth as many searches are made as
///     there are agents: of 10,000 agents, for each 1,000 searches
/// @param malicious the share of agents of which half keep silent and half lie
/// @param eclipse whether the 45 agents that are nearest to the key of one tag deny its providers,
///     name only each other, and answer no query; every fourth search is for that tag
public record SearchSettings(
        RunSettings run,
        int queries,
        int tags,
        double churn,
        Policy policy,
        double malicious,
        boolean eclipse) {
    public static final int QUERIES_MAX = 10_000_000;
    public static final int TAGS_MAX = 1_000_000;
    public static final double CHURN_MAX = 0.5;
    public static final double MALICIOUS_MAX = 0.8;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public SearchSettings {
        if (queries < 2 || queries > QUERIES_MAX) {
            throw new IllegalArgumentException("2 to 10,000,000 queries");
        }
        if (tags < 1 || tags > TAGS_MAX) {
            throw new IllegalArgumentException("1 to 1,000,000 tags");
        }
        if (!(churn >= 0 && churn <= CHURN_MAX)) {
            throw new IllegalArgumentException("a churn of 0 to 50 percent");
        }
        if (!(malicious >= 0 && malicious <= MALICIOUS_MAX)) {
            throw new IllegalArgumentException("0 to 80 percent of malicious agents");
        }
    }

    public static SearchSettings of(RunSettings run, int queries, int tags, double churn) {
        return new SearchSettings(run, queries, tags, churn, Policy.STAGED, 0, false);
    }

    public SearchSettings withPolicy(Policy changed) {
        return new SearchSettings(run, queries, tags, churn, changed, malicious, eclipse);
    }

    public SearchSettings withMalicious(double changed) {
        return new SearchSettings(run, queries, tags, churn, policy, changed, eclipse);
    }

    public SearchSettings withEclipse(boolean changed) {
        return new SearchSettings(run, queries, tags, churn, policy, malicious, changed);
    }

    /// Agents that are replaced for each search.
    double deathsPerQuery() {
        return churn * 10;
    }

    /// Everybody who ever runs: those of the beginning, and those that replace others.
    int seats() {
        return run.agents() + (int) Math.ceil(queries * deathsPerQuery()) + 1;
    }
}
