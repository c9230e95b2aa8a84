package org.p2prmb.simulation.reputation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How honest agents choose with whom to deal.
public enum Policy {
    /// By the production score.
    EVIDENCE,
    /// By the plain average of all reports, for comparison.
    AVERAGE,
    /// By chance, for comparison.
    NONE;

    public static Optional<Policy> parse(String text) {
        return Arrays.stream(values()).filter(policy -> policy.toString().equals(text)).findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
