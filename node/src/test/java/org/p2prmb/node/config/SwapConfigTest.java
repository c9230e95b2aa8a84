package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/// How deep a lock must be, by chain and value.
final class SwapConfigTest {
    private static final long LOT = DepthRule.LOT_CENTS;

    @Test
    void depthGrowsFromOneLotToTenAndNotBeyond() {
        var rule = new DepthRule("eip155", 12, 64);
        assertThat(rule.depth(1)).isEqualTo(12);
        assertThat(rule.depth(LOT)).isEqualTo(12);
        assertThat(rule.depth(LOT + 1)).isEqualTo(13);
        assertThat(rule.depth(11 * LOT / 2)).isEqualTo(38);
        assertThat(rule.depth(10 * LOT)).isEqualTo(64);
        assertThat(rule.depth(1_000 * LOT)).isEqualTo(64);
    }

    @Test
    void theRuleThatNamesTheChainBestCounts() {
        var config =
                SwapConfig.defaults()
                        .withDepths(
                                List.of(
                                        new DepthRule("*", 1, 1),
                                        new DepthRule("eip155", 2, 2),
                                        new DepthRule("eip155:1", 3, 3)));
        assertThat(config.depth("eip155:1", LOT)).isEqualTo(3);
        assertThat(config.depth("eip155:10", LOT)).isEqualTo(2);
        assertThat(config.depth("bip122:12a765e31ffd4059bada1e25190f6e98", LOT)).isEqualTo(1);
        assertThat(config.withDepths(List.of()).depth("eip155:1", LOT)).isEqualTo(6);
    }

    @Test
    void smallSwapsFreezeCoinsForLess() {
        assertThat(SwapConfig.survivable(2 * LOT - 1)).isEqualTo(Duration.ofHours(1));
        assertThat(SwapConfig.survivable(2 * LOT)).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void rulesAreReadAsTheyAreWritten() {
        var rule = new DepthRule("bip122", 2, 6);
        assertThat(DepthRule.parse(rule.toString())).isEqualTo(rule);
        for (var wrong : List.of("", "bip122", "bip122 2", "bip122 6 2", "bip122 0 1", "? 1 1")) {
            assertThatThrownBy(() -> DepthRule.parse(wrong)).isInstanceOf(UserException.class);
        }
    }
}
