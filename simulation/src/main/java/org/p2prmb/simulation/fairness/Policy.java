package org.p2prmb.simulation.fairness;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How the seller chooses among equal bids.
public enum Policy {
    /// By the production machines' sealed window.
    SEALED,
    /// The first whose commit arrives, at once, for comparison.
    FIRST_COME,
    /// The first to have arrived of those in the window, for comparison.
    ARRIVAL_TIE;

    public static Optional<Policy> parse(String text) {
        return Arrays.stream(values()).filter(policy -> policy.toString().equals(text)).findFirst();
    }

    /// As people write it: `first-come`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
