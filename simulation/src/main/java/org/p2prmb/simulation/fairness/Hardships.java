package org.p2prmb.simulation.fairness;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// What the windows have to stand.
///
/// @param arrivalTies the share of windows in which the seller falls back to the order of arrival,
///     which the figures must show to be unfair
/// @param relay the part of a window by which all hear of it later than they would
/// @param skew by how much each buyer's clock may be off, either way
/// @param sybils newcomers beside the five buyers, all of one owner, as near as the nearest
public record Hardships(double arrivalTies, double relay, Duration skew, int sybils) {
    private static final Duration SKEW_MAX = Duration.ofSeconds(2);

    public static final Hardships NONE = new Hardships(0, 0, Duration.ZERO, 0);
    public static final int SYBILS_MAX = 200;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Hardships {
        Limits.require(arrivalTies >= 0 && arrivalTies <= 1, "a share is a number from 0 to 1");
        Limits.require(relay >= 0 && relay <= 0.95, "a relay's delay is 0 to 0.95 of a window");
        Limits.require(sybils >= 0 && sybils <= SYBILS_MAX, "0 to %d Sybils".formatted(SYBILS_MAX));
        Limits.require(
                !skew.isNegative() && skew.compareTo(SKEW_MAX) <= 0, "clocks are 0 to 2 s off");
    }
}
