package org.p2prmb.libp2p.core;

import java.util.Arrays;
import java.util.Locale;

/// The text forms of bytes that peer ids and certificate hashes come in, each named by a prefix
/// character. See [multibase](https://github.com/multiformats/multibase).
///
/// Decoding is strict: one text for each sequence of bytes, in the prefix's own case.
public enum Multibase {
    BASE16('f', Alphabets.HEX),
    BASE16_UPPER('F', Alphabets.HEX.toUpperCase(Locale.ROOT)),
    BASE32('b', Alphabets.RFC4648_32),
    BASE32_UPPER('B', Alphabets.RFC4648_32.toUpperCase(Locale.ROOT)),
    BASE32_HEX('v', Alphabets.HEX_32),
    BASE32_HEX_UPPER('V', Alphabets.HEX_32.toUpperCase(Locale.ROOT)),
    BASE36('k', Alphabets.DIGITS_36),
    BASE36_UPPER('K', Alphabets.DIGITS_36.toUpperCase(Locale.ROOT)),
    BASE58_BTC('z', Alphabets.BITCOIN),
    BASE64('m', Alphabets.RFC4648_64 + "+/"),
    BASE64_URL('u', Alphabets.RFC4648_64 + "-_");

    /// The longest text that [#decode] takes: the radix bases need quadratic time.
    public static final int TEXT_MAX = 512;

    private final char prefix;
    private final String alphabet;
    private final int bits;

    Multibase(char prefix, String alphabet) {
        this.prefix = prefix;
        this.alphabet = alphabet;
        int size = alphabet.length();
        this.bits = Integer.bitCount(size) == 1 ? Integer.numberOfTrailingZeros(size) : 0;
    }

    /// The text of `data` with the prefix in front.
    public String encode(Bytes data) {
        return prefix + encodeBare(data);
    }

    /// The text of `data` without a prefix.
    public String encodeBare(Bytes data) {
        return bits > 0 ? encodeBits(data) : encodeRadix(data);
    }

    /// The bytes of a text that names its base by its first character.
    ///
    /// Throws `IllegalArgumentException` for an unknown base, a foreign character, a wrong length
    /// or more than [#TEXT_MAX] characters.
    public static Bytes decode(String text) {
        if (!text.isEmpty()) {
            for (var base : values()) {
                if (base.prefix == text.charAt(0)) {
                    return base.decodeBare(text.substring(1));
                }
            }
        }
        throw new IllegalArgumentException("unknown multibase");
    }

    /// The bytes of a text without a prefix; throws as [#decode] does.
    public Bytes decodeBare(String text) {
        if (text.length() > TEXT_MAX) {
            throw new IllegalArgumentException("text is longer than " + TEXT_MAX);
        }
        return bits > 0 ? decodeBits(text) : decodeRadix(text);
    }

    private int valueOf(char character) {
        int value = alphabet.indexOf(character);
        if (value < 0) {
            throw new IllegalArgumentException("a character is not of " + this);
        }
        return value;
    }

    private String encodeBits(Bytes data) {
        var text = new StringBuilder(data.size() * 8 / bits + 1);
        int pending = 0;
        int count = 0;
        for (int index = 0; index < data.size(); index++) {
            pending = (pending << 8) | (data.at(index) & 0xff);
            count += 8;
            while (count >= bits) {
                count -= bits;
                text.append(alphabet.charAt((pending >>> count) & (alphabet.length() - 1)));
            }
            pending &= (1 << count) - 1;
        }
        if (count > 0) {
            text.append(alphabet.charAt((pending << (bits - count)) & (alphabet.length() - 1)));
        }
        return text.toString();
    }

    private Bytes decodeBits(String text) {
        var data = new byte[text.length() * bits / 8];
        int filled = 0;
        int pending = 0;
        int count = 0;
        for (int index = 0; index < text.length(); index++) {
            pending = (pending << bits) | valueOf(text.charAt(index));
            count += bits;
            if (count >= 8) {
                count -= 8;
                data[filled++] = (byte) (pending >>> count);
            }
            pending &= (1 << count) - 1;
        }
        if (count >= bits || pending != 0) {
            throw new IllegalArgumentException("text does not end as " + this + " does");
        }
        return Bytes.wrap(data);
    }

    private String encodeRadix(Bytes data) {
        int zeros = 0;
        while (zeros < data.size() && data.at(zeros) == 0) {
            zeros++;
        }
        // log(256) / log(36) < 1.6: room for every digit of either radix base.
        var digits = new char[data.size() * 8 / 5 + 2];
        int from = digits.length;
        var number = data.toArray();
        int start = zeros;
        while (start < number.length) {
            digits[--from] = alphabet.charAt(divide(number, start, 256, alphabet.length()));
            if (number[start] == 0) {
                start++;
            }
        }
        while (from < digits.length && digits[from] == alphabet.charAt(0)) {
            from++;
        }
        var text = new StringBuilder(zeros + digits.length - from);
        text.repeat(alphabet.charAt(0), zeros).append(digits, from, digits.length - from);
        return text.toString();
    }

    private Bytes decodeRadix(String text) {
        int zeros = 0;
        while (zeros < text.length() && text.charAt(zeros) == alphabet.charAt(0)) {
            zeros++;
        }
        var number = new byte[text.length()];
        for (int index = 0; index < number.length; index++) {
            number[index] = (byte) valueOf(text.charAt(index));
        }
        var data = new byte[number.length];
        int from = data.length;
        int start = zeros;
        while (start < number.length) {
            data[--from] = (byte) divide(number, start, alphabet.length(), 256);
            if (number[start] == 0) {
                start++;
            }
        }
        while (from < data.length && data[from] == 0) {
            from++;
        }
        return Bytes.wrap(Arrays.copyOfRange(data, from - zeros, data.length));
    }

    /// Divides the number whose digits of `base` start at `start` by `divisor`, in place, and
    /// returns the remainder.
    private static int divide(byte[] number, int start, int base, int divisor) {
        int remainder = 0;
        for (int index = start; index < number.length; index++) {
            int digit = remainder * base + (number[index] & 0xff);
            number[index] = (byte) (digit / divisor);
            remainder = digit % divisor;
        }
        return remainder;
    }

    /// Enum constants cannot read static fields of their own enum.
    private static final class Alphabets {
        static final String HEX = "0123456789abcdef";
        static final String RFC4648_32 = "abcdefghijklmnopqrstuvwxyz234567";
        static final String HEX_32 = "0123456789abcdefghijklmnopqrstuv";
        static final String DIGITS_36 = "0123456789abcdefghijklmnopqrstuvwxyz";
        static final String BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        static final String RFC4648_64 =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

        private Alphabets() {}
    }
}
