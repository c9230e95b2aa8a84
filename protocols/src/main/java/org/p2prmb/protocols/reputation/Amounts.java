package org.p2prmb.protocols.reputation;

/// Sums of money in reports: whole cents of US dollars.
public final class Amounts {
    /// The largest amount of a report, in cents.
    public static final long CENTS_MAX = 1_000_000_000_000L;

    private static final double HUNDRED_DOLLARS = 10_000;
    private static final double FACTOR_MAX = 3;

    private Amounts() {}

    /// How much more a fault weighs because of its amount: 1 at 100 USD, one more for each factor
    /// of ten, from 0 (10 USD and less) to 3 (10,000 USD and more).
    public static double factor(long cents) {
        // StrictMath, so that every machine comes to the same score.
        var factor = 1 + StrictMath.log10(Math.max(1, cents) / HUNDRED_DOLLARS);
        return Math.clamp(factor, 0, FACTOR_MAX);
    }
}
