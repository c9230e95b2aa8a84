package org.p2prmb.protocols.swap;

import org.p2prmb.protocols.statements.Limits;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An amount of a coin as people write it: `1.5 LTC`, or `20 TFT@eip155:1` where coins of that name
/// are on several chains. Exact: a digit that the coin has not is refused, never rounded.
///
/// @param units of the asset, 0 to 2^128 - 1
public record Amount(Asset asset, BigInteger units) {
    private static final int BITS_MAX = 128;
    private static final int TEXT_MAX = 128;

    // 2^128 has 39 digits.
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,39})(?:\\.([0-9]{1,39}))?");
    private static final Pattern FORM = Pattern.compile("(\\S+)\\s+(\\S+)");

    public Amount {
        requireUnits(units);
    }

    /// Throws `IllegalArgumentException` that says what is wrong, and with what.
    ///
    /// @param known among which the coin's name is looked for
    public static Amount parse(String text, Collection<Asset> known) {
        Limits.require(text.length() <= TEXT_MAX, "an amount is at most 128 characters long");
        var form = FORM.matcher(text.strip());
        Limits.require(form.matches(), "an amount is a number and a coin, such as 1.5 LTC");
        var asset = asset(form.group(2), known);
        return new Amount(asset, units(form.group(1), asset.decimals()));
    }

    /// The one that is called `LTC`, or `TFT@eip155:1`; throws as [#parse] does.
    public static Asset asset(String name, Collection<Asset> known) {
        var found = known.stream().filter(asset -> isNamed(asset, name)).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new IllegalArgumentException(
                found.isEmpty()
                        ? "no coin %s is configured: %s"
                                .formatted(
                                        printable(name), known.isEmpty() ? "none is" : list(known))
                        : "%s is on several chains: write %s"
                                .formatted(
                                        name,
                                        found.stream()
                                                .map(Amount::fullName)
                                                .collect(Collectors.joining(" or "))));
    }

    /// `TFT@eip155:1`, which no other asset has.
    public static String fullName(Asset asset) {
        return asset.coin() + "@" + asset.chain();
    }

    /// What `1.5` is in units of a coin with so many decimals; throws as [#parse] does.
    public static BigInteger units(String number, int decimals) {
        var parts = NUMBER.matcher(number);
        Limits.require(
                parts.matches(),
                "'%s' is no amount: write digits, with a point before decimals"
                        .formatted(printable(number)));
        var value = new BigDecimal(number).stripTrailingZeros();
        Limits.require(
                value.scale() <= decimals,
                "%s has more than the %d decimals that there are".formatted(number, decimals));
        var units = value.movePointRight(decimals).toBigIntegerExact();
        requireUnits(units);
        return units;
    }

    /// The shortest text that [#units] takes back: `1.5`.
    public static String number(BigInteger units, int decimals) {
        return new BigDecimal(units, decimals).signum() == 0
                ? "0"
                : new BigDecimal(units, decimals).stripTrailingZeros().toPlainString();
    }

    /// The number alone: `1.5`.
    public String number() {
        return number(units, asset.decimals());
    }

    @Override
    public String toString() {
        return number() + " " + asset.coin();
    }

    private static boolean isNamed(Asset asset, String name) {
        return name.equals(asset.coin()) || name.equals(fullName(asset));
    }

    private static String list(Collection<Asset> assets) {
        return assets.stream().map(Amount::fullName).collect(Collectors.joining(", "));
    }

    private static void requireUnits(BigInteger units) {
        Limits.require(
                units.signum() >= 0 && units.bitLength() <= BITS_MAX,
                "an amount is not negative and below 2^128 units");
    }

    /// What was typed goes back into a message on one line.
    private static String printable(String text) {
        var safe = text.replaceAll("[^\\x21-\\x7e]", "?");
        return safe.length() <= 40 ? safe : safe.substring(0, 40) + "...";
    }
}
