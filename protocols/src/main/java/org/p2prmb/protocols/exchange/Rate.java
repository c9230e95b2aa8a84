package org.p2prmb.protocols.exchange;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.util.Collection;

/// An exact ratio: so many units of one coin, or cents, for so many units of another.
///
/// @param base units of what is priced
/// @param price what they cost
public record Rate(BigInteger base, BigInteger price) {
    private static final int CENT_DECIMALS = 2;

    /// Throws `IllegalArgumentException` when a part is not positive.
    public Rate {
        Limits.require(base.signum() > 0 && price.signum() > 0, "a price is more than nothing");
    }

    /// Reads `1 BTC = 4000000 TFT`; throws `IllegalArgumentException` that says what is wrong.
    ///
    /// @param of what must stand on the left
    /// @param in what must stand on the right
    public static Rate parse(String text, Asset of, Asset in, Collection<Asset> known) {
        var sides = sides(text, "1 %s = 2.5 %s".formatted(of.coin(), in.coin()));
        return new Rate(units(sides[0], of, known), units(sides[1], in, known));
    }

    /// Reads `1 BTC = 100000`, in US dollars; the price is in cents.
    public static Rate parseUsd(String text, Asset of, Collection<Asset> known) {
        var sides = sides(text, "1 %s = 100000".formatted(of.coin()));
        var dollars = sides[1].strip().replaceFirst("\\s+USD$", "");
        return new Rate(units(sides[0], of, known), Amount.units(dollars, CENT_DECIMALS));
    }

    private static String[] sides(String text, String example) {
        var sides = text.split("=", -1);
        Limits.require(sides.length == 2, "a price looks like '%s'".formatted(example));
        return sides;
    }

    private static BigInteger units(String side, Asset expected, Collection<Asset> known) {
        var amount = Amount.parse(side, known);
        Limits.require(
                amount.asset().equals(expected),
                "%s stands where %s is expected".formatted(amount.asset(), expected));
        return amount.units();
    }

    /// What so many units cost, rounded up.
    public BigInteger atLeast(BigInteger units) {
        return units.multiply(price).add(base).subtract(BigInteger.ONE).divide(base);
    }

    /// What so many units cost, rounded down.
    public BigInteger atMost(BigInteger units) {
        return units.multiply(price).divide(base);
    }

    /// How many units this buys, rounded down.
    public BigInteger buys(BigInteger paid) {
        return paid.multiply(base).divide(price);
    }
}
