package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.Locale;
import java.util.regex.Pattern;

/// Addresses as people write them: `0x` and 40 digits, in which the capital letters are a checksum
/// (EIP-55).
public final class EvmAddress {
    private static final Pattern FORM = Pattern.compile("0x[0-9a-fA-F]{40}");
    private static final int DIGITS_START = 2;
    private static final int CAPITAL_FROM = 8;

    private EvmAddress() {}

    public static String text(Bytes address) {
        Limits.require(address.size() == EvmKey.ADDRESS_BYTES, "an address has 20 bytes");
        var digits = address.toHex();
        var hash = Keccak.of(Bytes.utf8(digits)).toHex();
        var text = new StringBuilder("0x");
        for (int at = 0; at < digits.length(); at++) {
            var digit = digits.charAt(at);
            text.append(
                    Character.digit(hash.charAt(at), 16) >= CAPITAL_FROM
                            ? Character.toUpperCase(digit)
                            : digit);
        }
        return text.toString();
    }

    /// Throws `IllegalArgumentException` that says what is wrong. Letters that are all small or all
    /// capital have no checksum.
    public static Bytes parse(String text) {
        Limits.require(FORM.matcher(text).matches(), "an address is 0x and 40 hexadecimal digits");
        var digits = text.substring(DIGITS_START);
        var address = Bytes.hex(digits.toLowerCase(Locale.ROOT));
        boolean plain =
                digits.equals(digits.toLowerCase(Locale.ROOT))
                        || digits.equals(digits.toUpperCase(Locale.ROOT));
        Limits.require(
                plain || text.equals(text(address)),
                "the checksum of the address is wrong: copy it again");
        return address;
    }
}
