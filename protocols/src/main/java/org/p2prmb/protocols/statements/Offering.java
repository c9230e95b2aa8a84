package org.p2prmb.protocols.statements;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// One thing that an agent offers: a tag and the criteria that narrow it, sorted by key.
public record Offering(String tag, SortedMap<String, String> criteria) {
    /// Throws `IllegalArgumentException` when the syntax of [Criteria] is not kept.
    public Offering {
        Criteria.checkedTag(tag);
        criteria = Criteria.checked(criteria);
    }

    public static Offering of(String tag, Map<String, String> criteria) {
        return new Offering(tag, new TreeMap<>(criteria));
    }

    public static Offering of(String tag) {
        return of(tag, Map.of());
    }
}
