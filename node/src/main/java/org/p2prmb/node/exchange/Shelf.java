package org.p2prmb.node.exchange;

import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.swap.Asset;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// How offers are found by search: a tag for each pair, such as `exchange.btc.tft.1f0c3c32`, whose
/// last part keeps coins of one name on several chains apart, and the full names of both assets as
/// criteria.
final class Shelf {
    /// How the tags begin.
    static final String PREFIX = "exchange.";

    private static final String DOMAIN = "rmb/exchange-tag/1";
    private static final String DENIED = "denied";
    private static final int HASH_BYTES = 4;

    private Shelf() {}

    /// @param denied of the lots that were won, how many per cent the seller kept
    static Offering offering(Asset give, Asset want, Optional<Integer> denied) {
        var criteria = new TreeMap<>(criteria(give, want));
        denied.ifPresent(percent -> criteria.put(DENIED, String.valueOf(percent)));
        return Offering.of(tag(give, want), criteria);
    }

    static SearchCondition condition(Asset give, Asset want) {
        return SearchCondition.of(tag(give, want), criteria(give, want));
    }

    /// What a seller that was found says of its denials, in per cent; nothing where it says nothing
    /// that can be read.
    static Optional<Integer> denied(Set<Offering> says, Asset give, Asset want) {
        var tag = tag(give, want);
        return says.stream()
                .filter(offering -> offering.tag().equals(tag))
                .map(offering -> offering.criteria().getOrDefault(DENIED, ""))
                .filter(percent -> percent.matches("[0-9]{1,2}|100"))
                .map(Integer::valueOf)
                .findFirst();
    }

    private static String tag(Asset give, Asset want) {
        var names = Canonical.domain(DOMAIN).text(Pair.name(give)).text(Pair.name(want));
        var coins = (give.coin() + "." + want.coin()).toLowerCase(Locale.ROOT);
        return PREFIX + coins + "." + names.sha256().slice(0, HASH_BYTES).toHex();
    }

    private static Map<String, String> criteria(Asset give, Asset want) {
        return Map.of("give", Pair.name(give), "want", Pair.name(want));
    }
}
