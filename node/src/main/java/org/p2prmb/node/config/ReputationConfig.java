package org.p2prmb.node.config;

/// How an agent keeps account of others.
///
/// @param stampDifficulty tries that a reporter's stamp takes on average, 0 to 1,000,000, 0 for no
///     stamps; all agents of a network must have the same, and a stranger's stamp costs us a try
/// @param reportsMax reports held on all agents together, 1,000 to 1,000,000; some 600 bytes of
///     memory and 1 kB of disk each
/// @param newcomerLimitUsd what is risked at once with somebody that we have no history with, 0 to
///     1000: one lot
public record ReputationConfig(int stampDifficulty, int reportsMax, int newcomerLimitUsd) {
    public ReputationConfig {
        Bounds.count("reputation.stampDifficulty", stampDifficulty, 0, 1_000_000);
        Bounds.count("reputation.reportsMax", reportsMax, 1_000, 1_000_000);
        Bounds.count("reputation.newcomerLimitUsd", newcomerLimitUsd, 0, 1_000);
    }

    public static ReputationConfig defaults() {
        return new ReputationConfig(900, 50_000, 1_000);
    }

    public ReputationConfig withStampDifficulty(int changed) {
        return new ReputationConfig(changed, reportsMax, newcomerLimitUsd);
    }

    public ReputationConfig withReportsMax(int changed) {
        return new ReputationConfig(stampDifficulty, changed, newcomerLimitUsd);
    }

    public ReputationConfig withNewcomerLimitUsd(int changed) {
        return new ReputationConfig(stampDifficulty, reportsMax, changed);
    }
}
