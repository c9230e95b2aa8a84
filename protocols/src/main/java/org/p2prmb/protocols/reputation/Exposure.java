package org.p2prmb.protocols.reputation;

import org.p2prmb.protocols.statements.Limits;

/// How much may be in flight with a counterparty.
///
/// @param newcomerLimitCents what a seller risks with an identity that it has no history with, at
///     most one lot; below a lot it is offered in slices
/// @param limitMaxCents what it risks with anybody
public record Exposure(long newcomerLimitCents, long limitMaxCents) {
    /// One lot: 1000 USD.
    public static final long LOT_CENTS = 100_000;

    /// Below, no deal is made.
    public static final double TRADE_MIN = 0.30;

    /// Below, an agent's offers are neither shown nor relayed.
    public static final double OFFER_MIN = 0.20;

    /// From here on one with a verified fault is trusted with a lot again.
    private static final double TRUSTED_AGAIN = 0.50;

    private static final long ON_PROBATION_CENTS = LOT_CENTS / 10;
    private static final double OF_SETTLED = 0.5;
    private static final long DEFAULT_MAX_CENTS = 50 * LOT_CENTS;

    public Exposure {
        Limits.require(
                newcomerLimitCents >= 0 && newcomerLimitCents <= LOT_CENTS,
                "a newcomer's limit is at most one lot");
        Limits.require(
                limitMaxCents >= newcomerLimitCents && limitMaxCents <= Amounts.CENTS_MAX,
                "the greatest exposure is below a newcomer's");
    }

    public static Exposure defaults() {
        return new Exposure(LOT_CENTS, DEFAULT_MAX_CENTS);
    }

    /// The limit for a counterparty, in cents: nothing below a score of 0.30; else one lot (with a
    /// verified fault: a tenth of one below 0.50), and half of what was settled with us times the
    /// score squared on top.
    ///
    /// @param settledCents settled with us, the reports of it not yet forgotten
    public long limitCents(double score, boolean fault, long settledCents) {
        if (score < TRADE_MIN) {
            return 0;
        }
        var trusted = fault ? ofFaulty(score) : LOT_CENTS;
        var base = settledCents > 0 ? trusted : Math.min(newcomerLimitCents, trusted);
        var earned = (long) (OF_SETTLED * settledCents * score * score);
        return Math.min(limitMaxCents, base + earned);
    }

    private static long ofFaulty(double score) {
        return score < TRUSTED_AGAIN ? ON_PROBATION_CENTS : LOT_CENTS;
    }
}
