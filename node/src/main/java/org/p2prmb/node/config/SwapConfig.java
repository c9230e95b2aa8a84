package org.p2prmb.node.config;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// How an agent swaps.
///
/// @param lookEvery how often our nodes are asked what became of open swaps, 100 ms to 1 min
/// @param handling what either side may take for one step, 10 s to 1 h: it makes deadlines longer,
///     and is how long our word waits for the buyer's signature
/// @param unfundedLocksMax our own locks that wait for the other side's lock, 1 to 64: as many of
///     our lots can be frozen by buyers who vanish
/// @param inFlightUsdMax what all open swaps together may be worth, 100 to 100,000,000 USD: so much
///     is at risk at once if a chain, a node or we fail
/// @param depths after how many blocks a lock counts as there, at most 32 rules
public record SwapConfig(
        Duration lookEvery,
        Duration handling,
        int unfundedLocksMax,
        int inFlightUsdMax,
        List<DepthRule> depths) {
    /// Between our clock, the peer's and the chains': deadlines have it twice.
    public static final Duration SKEW = Duration.ofMinutes(1);

    private static final int DEPTHS_MAX = 32;
    private static final Duration DOWN_SMALL = Duration.ofHours(1);
    private static final Duration DOWN = Duration.ofHours(6);
    private static final DepthRule OTHERWISE = new DepthRule("*", 6, 12);

    /// Throws [UserException] when a part is out of its bounds.
    public SwapConfig {
        depths = List.copyOf(depths);
        Bounds.time("swap.lookEvery", lookEvery, Duration.ofMillis(100), Duration.ofMinutes(1));
        Bounds.time("swap.handling", handling, Duration.ofSeconds(10), Duration.ofHours(1));
        Bounds.count("swap.unfundedLocksMax", unfundedLocksMax, 1, 64);
        Bounds.count("swap.inFlightUsdMax", inFlightUsdMax, 100, 100_000_000);
        Bounds.count("number of swap.depths", depths.size(), 0, DEPTHS_MAX);
    }

    public static SwapConfig defaults() {
        return new SwapConfig(
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                2,
                50_000,
                List.of(new DepthRule("bip122", 2, 6), new DepthRule("eip155", 12, 64)));
    }

    /// The depth of a lock on this chain that is worth so much; of several rules that which names
    /// the chain best counts.
    public int depth(String chain, long usdCents) {
        return depths.stream()
                .filter(rule -> rule.fit(chain) > 0)
                .max(Comparator.comparingInt(rule -> rule.fit(chain)))
                .orElse(OTHERWISE)
                .depth(usdCents);
    }

    /// What all open swaps together may be worth.
    public long inFlightCentsMax() {
        return inFlightUsdMax * 100L;
    }

    /// How long either side may be down without loss: longer for more, so that buyers who vanish
    /// cannot freeze a stock of small lots for long (decision 20).
    public static Duration survivable(long usdCents) {
        return usdCents < 2 * DepthRule.LOT_CENTS ? DOWN_SMALL : DOWN;
    }

    public SwapConfig withLookEvery(Duration changed) {
        return new SwapConfig(changed, handling, unfundedLocksMax, inFlightUsdMax, depths);
    }

    public SwapConfig withHandling(Duration changed) {
        return new SwapConfig(lookEvery, changed, unfundedLocksMax, inFlightUsdMax, depths);
    }

    public SwapConfig withUnfundedLocksMax(int changed) {
        return new SwapConfig(lookEvery, handling, changed, inFlightUsdMax, depths);
    }

    public SwapConfig withInFlightUsdMax(int changed) {
        return new SwapConfig(lookEvery, handling, unfundedLocksMax, changed, depths);
    }

    public SwapConfig withDepths(List<DepthRule> changed) {
        return new SwapConfig(lookEvery, handling, unfundedLocksMax, inFlightUsdMax, changed);
    }
}
