package org.p2prmb.node.config;

import java.time.Duration;

/// The checks that configuration records make of themselves; each throws [UserException].
final class Bounds {
    private Bounds() {}

    static void count(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new UserException("%s = %d is outside %d to %d".formatted(key, value, min, max));
        }
    }

    static void time(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new UserException(
                    "%s = %s is outside %s to %s"
                            .formatted(
                                    key,
                                    Quantity.text(value),
                                    Quantity.text(min),
                                    Quantity.text(max)));
        }
    }
}
