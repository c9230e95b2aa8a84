package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Pure;

import java.util.Optional;
import java.util.regex.Pattern;

/// The numbers that a criterion's value names: one (`20`, `-1.5`) or all between two bounds
/// (`25..40`), of which one may be missing (`25..`, `..40`).
///
/// A number has up to 12 digits and up to 6 decimals. Bounds are counted in millionths.
///
/// @param low the smallest number, or [#UNBOUNDED_LOW]
/// @param high the largest number, or [#UNBOUNDED_HIGH]
@Pure
public record Interval(long low, long high) {
    public static final long UNBOUNDED_LOW = Long.MIN_VALUE;
    public static final long UNBOUNDED_HIGH = Long.MAX_VALUE;

    private static final long MILLIONTHS = 1_000_000;
    private static final int DECIMALS_MAX = 6;
    private static final String NUMBER = "(-?[0-9]{1,12}(?:\\.[0-9]{1,6})?)";
    private static final Pattern SINGLE = Pattern.compile(NUMBER);
    private static final Pattern RANGE = Pattern.compile(NUMBER + "?\\.\\." + NUMBER + "?");
    private static final String DOTS = "..";

    /// Throws `IllegalArgumentException` when the bounds are in the wrong order.
    public Interval {
        Limits.require(low <= high, "a range begins above its end");
    }

    /// The numbers that `value` names; empty when it is a text as any other.
    ///
    /// Throws `IllegalArgumentException` for a range that begins above its end.
    public static Optional<Interval> parse(String value) {
        if (SINGLE.matcher(value).matches()) {
            long number = millionths(value);
            return Optional.of(new Interval(number, number));
        }
        var range = RANGE.matcher(value);
        if (value.equals(DOTS) || !range.matches()) {
            return Optional.empty();
        }
        var low = range.group(1);
        var high = range.group(2);
        return Optional.of(
                new Interval(
                        low == null ? UNBOUNDED_LOW : millionths(low),
                        high == null ? UNBOUNDED_HIGH : millionths(high)));
    }

    private static long millionths(String number) {
        int point = number.indexOf('.');
        var whole = point < 0 ? number : number.substring(0, point);
        var decimals = point < 0 ? "" : number.substring(point + 1);
        long fraction = Long.parseLong(decimals + "0".repeat(DECIMALS_MAX - decimals.length()));
        long size = Math.abs(Long.parseLong(whole)) * MILLIONTHS + fraction;
        return number.startsWith("-") ? -size : size;
    }

    /// Whether the two have a number in common.
    public boolean overlaps(Interval other) {
        return low <= other.high && other.low <= high;
    }

    /// The smallest interval around this one whose bounds are 0 or a power of two, or a negative
    /// one: similar ranges become equal.
    public Interval bucket() {
        return new Interval(
                low == UNBOUNDED_LOW ? low : below(low),
                high == UNBOUNDED_HIGH ? high : -below(-high));
    }

    /// The largest bucket bound that is not above the number.
    private static long below(long number) {
        if (number >= 0) {
            return Long.highestOneBit(number / MILLIONTHS) * MILLIONTHS;
        }
        long whole = Math.ceilDiv(-number, MILLIONTHS);
        long power = Long.highestOneBit(whole);
        return -(power == whole ? power : power << 1) * MILLIONTHS;
    }
}
