package org.p2prmb.protocols.exchange;

import org.p2prmb.protocols.statements.Limits;

/// What a bidder is in the eyes of the seller when its commit arrives, before any price is known.
///
/// Coarse on purpose: with the score itself a seller could rank as it likes.
///
/// @param reputation the score in tenths, 0 to 10
/// @param newcomer whether it never settled a swap, as far as the seller knows
/// @param bond the class of what it put up, 0 (nothing) to 4
public record Standing(int reputation, boolean newcomer, int bond) {
    public static final int REPUTATION_MAX = 10;
    public static final int BOND_MAX = 4;

    /// The class of everybody: nothing takes a bond yet.
    public static final int NO_BOND = 0;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Standing {
        Limits.require(
                reputation >= 0 && reputation <= REPUTATION_MAX, "a reputation is 0 to 10 tenths");
        Limits.require(bond >= 0 && bond <= BOND_MAX, "a bond's class is 0 to 4");
    }

    /// @param score 0 to 1
    public static Standing of(double score, boolean newcomer, int bond) {
        Limits.require(score >= 0 && score <= 1, "a score is a number from 0 to 1");
        return new Standing((int) (score * REPUTATION_MAX), newcomer, bond);
    }
}
