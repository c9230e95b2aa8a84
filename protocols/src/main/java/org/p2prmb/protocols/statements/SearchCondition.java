package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What somebody looks for: a tag, and criteria that must all hold exactly.
public record SearchCondition(String tag, SortedMap<String, String> where) {
    private static final String KEY_DOMAIN = "rmb/condition/1";

    /// Throws `IllegalArgumentException` when the syntax of [Criteria] is not kept.
    public SearchCondition {
        Criteria.checkedTag(tag);
        where = Criteria.checked(where);
    }

    public static SearchCondition of(String tag, Map<String, String> where) {
        return new SearchCondition(tag, new TreeMap<>(where));
    }

    public static SearchCondition of(String tag) {
        return of(tag, Map.of());
    }

    /// Whether the offering has this tag and at least these criteria.
    public boolean matches(Offering offering) {
        return offering.tag().equals(tag)
                && offering.criteria().entrySet().containsAll(where.entrySet());
    }

    public boolean matches(ContactRecord record) {
        return record.offerings().stream().anyMatch(this::matches);
    }

    /// The 32 bytes under which answers to this very condition are remembered: SHA-256 over the
    /// [Canonical] list `"rmb/condition/1"`, tag, number of criteria, then key and value of each
    /// in the order of the keys.
    public Bytes conditionKey() {
        var fields = Canonical.domain(KEY_DOMAIN).text(tag).number(where.size());
        where.forEach((key, value) -> fields.text(key).text(value));
        return fields.sha256();
    }
}
