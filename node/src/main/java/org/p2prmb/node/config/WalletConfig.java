package org.p2prmb.node.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// What an agent is told of its coins.
///
/// @param chains at most 8, each once
/// @param testClock a file with the seconds since 1970 by which swaps are made instead of the
///     clock, read at each look; for tests, and only where all chains are test chains
public record WalletConfig(List<ChainConfig> chains, Optional<Path> testClock) {
    static final int CHAINS_MAX = 8;

    /// Throws [UserException] when a part is out of its bounds.
    public WalletConfig {
        chains = List.copyOf(chains);
        Bounds.count("number of chains", chains.size(), 0, CHAINS_MAX);
        var names = new HashSet<String>();
        for (var chain : chains) {
            if (!names.add(chain.name())) {
                throw new UserException(
                        "there are two tables [[chain]] for %s: keep one".formatted(chain.name()));
            }
        }
    }

    /// Throws [UserException] when parts do not fit each other.
    public void requireFit() {
        for (var chain : chains) {
            if (testClock.isPresent() && !chain.isTest()) {
                throw new UserException(
                        "exchange.testClock is for test chains, and %s is none: remove the setting"
                                .formatted(chain.name()));
            }
        }
    }

    public static WalletConfig defaults() {
        return new WalletConfig(List.of(), Optional.empty());
    }

    public WalletConfig withChains(List<ChainConfig> changed) {
        return new WalletConfig(changed, testClock);
    }

    public WalletConfig withTestClock(Optional<Path> changed) {
        return new WalletConfig(chains, changed);
    }
}
