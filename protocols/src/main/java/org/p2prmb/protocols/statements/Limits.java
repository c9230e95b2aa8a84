package org.p2prmb.protocols.statements;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;

/// The checks that values make of themselves; each throws `IllegalArgumentException`.
public final class Limits {
    private static final Instant TIME_MAX = Instant.ofEpochMilli(Long.MAX_VALUE);

    private Limits() {}

    public static void require(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalArgumentException(complaint);
        }
    }

    public static void count(Collection<?> of, int max, String what) {
        if (of.size() > max) {
            throw new IllegalArgumentException(
                    "%d %s, at most %d are allowed".formatted(of.size(), what, max));
        }
    }

    /// Whole seconds from `min` to `max`.
    public static void seconds(Duration value, Duration min, Duration max, String what) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0 || value.toNanosPart() != 0) {
            throw new IllegalArgumentException(
                    "the %s is not a number of whole seconds from %d to %d"
                            .formatted(what, min.toSeconds(), max.toSeconds()));
        }
    }

    /// A time on the wire: whole milliseconds since 1970, not before.
    public static void millis(Instant time, String what) {
        if (time.isBefore(Instant.EPOCH)
                || time.isAfter(TIME_MAX)
                || !time.truncatedTo(ChronoUnit.MILLIS).equals(time)) {
            throw new IllegalArgumentException(
                    what + " is not a number of whole milliseconds after 1970");
        }
    }
}
