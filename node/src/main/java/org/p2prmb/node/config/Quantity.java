package org.p2prmb.node.config;

import java.time.Duration;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `30 s`, `500ms`, `5 min`, `64 KiB`.
public final class Quantity {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,12})\\s*([A-Za-z]*)");

    private Quantity() {}

    /// Throws `IllegalArgumentException` that names the form.
    public static Duration duration(String text) {
        var match = NUMBER_AND_UNIT.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("a duration is a number and ms, s, min or h");
        }
        var count = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "min" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default ->
                    throw new IllegalArgumentException(
                            "a duration is a number and ms, s, min or h");
        };
    }

    /// Bytes, also without a unit; throws `IllegalArgumentException` that names the form.
    public static int bytes(String text) {
        var match = NUMBER_AND_UNIT.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("a size is a number and B, KiB or MiB");
        }
        var count = Long.parseLong(match.group(1));
        var unit = match.group(2).isEmpty() ? "B" : match.group(2);
        var bytes =
                switch (unit) {
                    case "B" -> count;
                    case "KiB" -> Math.multiplyExact(count, 1024L);
                    case "MiB" -> Math.multiplyExact(count, 1024L * 1024);
                    default ->
                            throw new IllegalArgumentException(
                                    "a size is a number and B, KiB or MiB");
                };
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("%s is too large".formatted(text));
        }
        return (int) bytes;
    }

    /// The largest unit that needs no fraction: `30 s`, `1500 ms`.
    public static String text(Duration duration) {
        var millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + " ms";
        }
        var seconds = millis / 1000;
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + " h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
    }

    public static String text(int bytes) {
        if (bytes % (1024 * 1024) == 0) {
            return bytes / (1024 * 1024) + " MiB";
        }
        return bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " B";
    }
}
