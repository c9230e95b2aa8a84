package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What somebody looks for: a tag, criteria that must all hold, and what the provider must be worth
/// in the eyes of whoever looks.
///
/// A criterion holds for an offering that has one with the same key and a fitting value. Two texts
/// fit when they are equal, two [Interval]s when they have a number in common; a text and numbers
/// never fit.
///
/// @param minReputation 0 to 1, in thousandths; no part of [#matches] nor of [#conditionKey], since
///     everybody has a view of its own
public record SearchCondition(String tag, SortedMap<String, String> where, double minReputation) {
    private static final String CONDITION_DOMAIN = "rmb/condition/2";
    private static final String TAG_DOMAIN = "rmb/tag/1";
    private static final int TEXT = 0;
    private static final int NUMBERS = 1;

    /// Throws `IllegalArgumentException` when the syntax of [Criteria] is not kept.
    public SearchCondition {
        Criteria.checkedTag(tag);
        where = Criteria.checked(where);
        Limits.require(
                minReputation >= 0 && minReputation <= 1, "a reputation is a number from 0 to 1");
    }

    public static SearchCondition of(String tag, Map<String, String> where) {
        return new SearchCondition(tag, new TreeMap<>(where), 0);
    }

    public static SearchCondition of(String tag) {
        return of(tag, Map.of());
    }

    public SearchCondition withMinReputation(double changed) {
        return new SearchCondition(tag, where, changed);
    }

    /// Whether everybody with the tag fits.
    public boolean isTagOnly() {
        return where.isEmpty() && minReputation == 0;
    }

    /// Whether the offering has this tag and fits every criterion.
    public boolean matches(Offering offering) {
        return offering.tag().equals(tag)
                && where.entrySet().stream()
                        .allMatch(wanted -> fits(offering, wanted.getKey(), wanted.getValue()));
    }

    private static boolean fits(Offering offering, String key, String wanted) {
        var offered = offering.criteria().get(key);
        if (offered == null) {
            return false;
        }
        var numbers = Interval.parse(wanted);
        if (numbers.isEmpty()) {
            return offered.equals(wanted);
        }
        return Interval.parse(offered).filter(numbers.get()::overlaps).isPresent();
    }

    public boolean matches(ContactRecord record) {
        return record.offerings().stream().anyMatch(this::matches);
    }

    /// The 32 bytes under which answers to similar conditions are remembered: SHA-256 over the
    /// [Canonical] list `"rmb/condition/2"`, tag, number of criteria, then of each in the order of
    /// the keys the key and either 0 and the text, or 1 and the bounds of the numbers'
    /// [Interval#bucket], 8 bytes each.
    public Bytes conditionKey() {
        var fields = Canonical.domain(CONDITION_DOMAIN).text(tag).number(where.size());
        where.forEach((key, value) -> {
            fields.text(key);
            Interval.parse(value)
                    .map(Interval::bucket)
                    .ifPresentOrElse(
                            numbers ->
                                    fields.number(NUMBERS)
                                            .longNumber(numbers.low())
                                            .longNumber(numbers.high()),
                            () -> fields.number(TEXT).text(value));
        });
        return fields.sha256();
    }

    /// The 32 bytes that stand for a tag in filters and in the DHT: SHA-256 over the [Canonical]
    /// list `"rmb/tag/1"`, tag.
    public static Bytes tagKey(String tag) {
        return Canonical.domain(TAG_DOMAIN).text(tag).sha256();
    }

    public Bytes tagKey() {
        return tagKey(tag);
    }
}
