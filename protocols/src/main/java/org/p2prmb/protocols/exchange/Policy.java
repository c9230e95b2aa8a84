package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.math.BigInteger;

/// How a seller ranks bids. It is fixed when the window opens, before there is any.
///
/// A bid's score is the sum of four parts, each its weight times its points: the price, 1000 for
/// the floor and in proportion above, at most 1,000,000; the size, 1000 for all the lots of the
/// window; the reputation, 1000 for the best; the bond, 1000 for the highest class. All is whole
/// numbers, rounded down.
///
/// @param floor the least price of a lot
/// @param reputationMin in tenths, 0 to 10
/// @param newcomerPercent of the lots that newcomers get at most, but at least one lot; 0 to 20
public record Policy(Weights weights, Price floor, int reputationMin, int newcomerPercent) {
    /// No seller lets more of a window go to identities that cost nothing.
    public static final int NEWCOMER_PERCENT_MAX = 20;

    /// Below, nobody deals (docs/reputation.md).
    public static final int REPUTATION_MIN = 3;

    private static final String DOMAIN = "rmb/window-policy/1";
    private static final int POINTS = 1_000;
    private static final BigInteger PRICE_POINTS_MAX = BigInteger.valueOf(1_000_000);
    private static final int PERCENT = 100;

    /// What counts how much, 0 to 1000 each.
    public record Weights(int price, int size, int reputation, int bond) {
        public static final int MAX = 1_000;

        /// Only the price counts.
        public static final Weights PRICE = new Weights(1, 0, 0, 0);

        /// Throws `IllegalArgumentException` when one is out of its bounds.
        public Weights {
            requireWeight(price);
            requireWeight(size);
            requireWeight(reputation);
            requireWeight(bond);
        }

        private static void requireWeight(int weight) {
            Limits.require(weight >= 0 && weight <= MAX, "a weight is 0 to 1000");
        }
    }

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Policy {
        Limits.require(
                reputationMin >= 0 && reputationMin <= Standing.REPUTATION_MAX,
                "the least reputation is 0 to 10 tenths");
        Limits.require(
                newcomerPercent >= 0 && newcomerPercent <= NEWCOMER_PERCENT_MAX,
                "newcomers get 0 to 20 per cent of the lots");
    }

    /// The best price wins, from those that anybody deals with.
    public static Policy bestPrice(Price floor) {
        return new Policy(Weights.PRICE, floor, REPUTATION_MIN, NEWCOMER_PERCENT_MAX);
    }

    /// What the window's id is made of: SHA-256 over the [Canonical] list `"rmb/window-policy/1"`,
    /// the four weights in their order, [Price#encoded] of the floor, least reputation, per cent of
    /// newcomers.
    public Bytes hash() {
        return Canonical.domain(DOMAIN)
                .number(weights.price)
                .number(weights.size)
                .number(weights.reputation)
                .number(weights.bond)
                .bytes(floor.encoded())
                .number(reputationMin)
                .number(newcomerPercent)
                .sha256();
    }

    /// Whether somebody like this may bid at all.
    public boolean admits(Standing standing) {
        return standing.reputation() >= reputationMin;
    }

    /// Whether the bid is ranked.
    public boolean admits(Bid bid, Standing standing) {
        return admits(standing) && bid.price().compareTo(floor) >= 0;
    }

    /// How many of so many lots newcomers get at most.
    public int newcomerLots(int lots) {
        return Math.max(1, lots * newcomerPercent / PERCENT);
    }

    /// What the bid is worth to the seller in a window of so many lots; the greater the better.
    public long score(Bid bid, Standing standing, int lots) {
        long price =
                bid.price()
                        .units()
                        .multiply(BigInteger.valueOf(POINTS))
                        .divide(floor.units())
                        .min(PRICE_POINTS_MAX)
                        .longValueExact();
        long size = (long) POINTS * Math.min(bid.lots(), lots) / lots;
        long reputation = (long) POINTS * standing.reputation() / Standing.REPUTATION_MAX;
        long bond = (long) POINTS * standing.bond() / Standing.BOND_MAX;
        return weights.price * price
                + weights.size * size
                + weights.reputation * reputation
                + weights.bond * bond;
    }
}
