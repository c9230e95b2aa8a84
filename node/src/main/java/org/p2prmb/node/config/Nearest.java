package org.p2prmb.node.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The known word that a mistyped one was probably meant to be.
public final class Nearest {
    private static final int LENGTH_MAX = 64;

    private Nearest() {}

    /// Nothing when no known word is near: more than a third of its characters differ.
    public static Optional<String> to(String word, Collection<String> known) {
        if (word.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(best -> distance(word, best) <= Math.max(2, best.length() / 3));
    }

    /// Levenshtein's, without regard to case.
    private static int distance(String from, String to) {
        var previous = new int[to.length() + 1];
        for (var j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (var i = 1; i <= from.length(); i++) {
            var current = new int[to.length() + 1];
            current[0] = i;
            for (var j = 1; j <= to.length(); j++) {
                var same = lower(from, i - 1) == lower(to, j - 1);
                current[j] =
                        Math.min(
                                previous[j - 1] + (same ? 0 : 1),
                                Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }

    private static char lower(String text, int index) {
        return Character.toLowerCase(text.charAt(index));
    }
}
