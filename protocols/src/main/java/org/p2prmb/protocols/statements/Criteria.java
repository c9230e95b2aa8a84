package org.p2prmb.protocols.statements;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The syntax of tags and of the `key=value` criteria that narrow them.
///
/// Tags and keys are 1 to 64 characters of `[a-z0-9._-]`; values are up to 128 UTF-8 bytes, texts
/// or an [Interval]; there are at most 16 criteria with different keys.
public final class Criteria {
    public static final int CRITERIA_MAX = 16;
    public static final int VALUE_BYTES_MAX = 128;
    private static final Pattern TAG = Pattern.compile("[a-z0-9._-]{1,64}");

    private Criteria() {}

    public static boolean isTag(String text) {
        return TAG.matcher(text).matches();
    }

    /// The tag itself; throws `IllegalArgumentException` that names the rule.
    public static String checkedTag(String tag) {
        if (!isTag(tag)) {
            throw new IllegalArgumentException(
                    "a tag is 1 to 64 characters of a-z 0-9 . _ - (not \"%s\")"
                            .formatted(Printable.of(tag, 64)));
        }
        return tag;
    }

    /// Adds one criterion of a list; throws `IllegalArgumentException` when its key repeats.
    public static void add(Map<String, String> criteria, String key, String value) {
        if (criteria.put(key, value) != null) {
            throw new IllegalArgumentException("two criteria with the same key");
        }
    }

    /// An immutable copy in the order of the keys; throws `IllegalArgumentException` that names
    /// the rule.
    static SortedMap<String, String> checked(Map<String, String> criteria) {
        if (criteria.size() > CRITERIA_MAX) {
            throw new IllegalArgumentException(
                    "%d criteria, at most %d are allowed".formatted(criteria.size(), CRITERIA_MAX));
        }
        criteria.forEach(Criteria::check);
        // Not the copy constructor: it would keep a foreign comparator.
        var sorted = new TreeMap<String, String>();
        sorted.putAll(criteria);
        return Collections.unmodifiableSortedMap(sorted);
    }

    private static void check(String key, String value) {
        if (!isTag(key)) {
            throw new IllegalArgumentException(
                    "a criterion's key is 1 to 64 characters of a-z 0-9 . _ - (not \"%s\")"
                            .formatted(Printable.of(key, 64)));
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("the value of " + key + " is not Unicode text");
        }
        Interval.parse(value); // Throws for a range that begins above its end.
        if (value.getBytes(StandardCharsets.UTF_8).length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the value of %s is longer than %d bytes".formatted(key, VALUE_BYTES_MAX));
        }
    }
}
