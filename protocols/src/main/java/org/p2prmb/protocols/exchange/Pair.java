package org.p2prmb.protocols.exchange;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

/// Two assets that are traded for each other, whichever is given.
///
/// @param one the first of the two by its [#name]
public record Pair(Asset one, Asset other) {
    private static final String TOPIC = "rmb/exchange/1/";

    /// Throws `IllegalArgumentException` when they are in the wrong order, or on one chain.
    public Pair {
        Limits.require(!one.chain().equals(other.chain()), "a swap is between coins of two chains");
        Limits.require(name(one).compareTo(name(other)) < 0, "a pair is sorted");
    }

    /// The pair of two assets in any order; throws as the constructor does.
    public static Pair of(Asset give, Asset want) {
        return name(give).compareTo(name(want)) < 0 ? new Pair(give, want) : new Pair(want, give);
    }

    /// How an asset is written in a topic: `eip155:1.TFT.8f0fb159…`, chain, coin, and the token's
    /// bytes in hexadecimal digits if it has any. None of the parts can have a point in it.
    public static String name(Asset asset) {
        var coin = asset.chain() + "." + asset.coin();
        return asset.token().size() == 0 ? coin : coin + "." + asset.token().toHex();
    }

    /// The topic of those who trade the pair.
    public String topic() {
        return TOPIC + name(one) + "/" + name(other);
    }
}
