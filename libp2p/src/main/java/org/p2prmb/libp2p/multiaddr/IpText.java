package org.p2prmb.libp2p.multiaddr;

import org.p2prmb.libp2p.core.Bytes;

import java.util.Arrays;

/// IP addresses in text, without the leniency and the name lookups of `InetAddress`.
///
/// IPv6 is written as RFC 5952 says, IPv4-mapped addresses with a dotted end.
final class IpText {
    private static final String NOT_IP4 = "not an IPv4 address";
    private static final String NOT_IP6 = "not an IPv6 address";
    private static final int GROUPS = 8;
    private static final Bytes MAPPED = Bytes.hex("00000000000000000000ffff");

    private IpText() {}

    static Bytes parse4(String text) {
        var parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException(NOT_IP4);
        }
        var address = new byte[4];
        for (int index = 0; index < 4; index++) {
            address[index] = (byte) octet(parts[index]);
        }
        return Bytes.wrap(address);
    }

    /// Refuses leading zeros, which some read as octal.
    private static int octet(String text) {
        if (text.length() > 3
                || !ValueForm.isDecimal(text)
                || (text.length() > 1 && text.charAt(0) == '0')
                || Integer.parseInt(text) > 255) {
            throw new IllegalArgumentException(NOT_IP4);
        }
        return Integer.parseInt(text);
    }

    static String format4(Bytes address) {
        return "%d.%d.%d.%d"
                .formatted(
                        address.at(0) & 0xff,
                        address.at(1) & 0xff,
                        address.at(2) & 0xff,
                        address.at(3) & 0xff);
    }

    static Bytes parse6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            var groups = groups(text);
            require(groups.length == GROUPS);
            return bytes(groups, new int[0]);
        }
        var start = text.substring(0, gap);
        require(start.indexOf('.') < 0);
        var head = groups(start);
        var tail = groups(text.substring(gap + 2));
        require(head.length + tail.length < GROUPS);
        return bytes(head, tail);
    }

    /// Groups of four hex digits; the last two may be a dotted IPv4 address.
    private static int[] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        var parts = text.split(":", -1);
        require(parts.length <= GROUPS);
        var last = parts[parts.length - 1];
        if (!last.contains(".")) {
            return Arrays.stream(parts).mapToInt(IpText::group).toArray();
        }
        var dotted = parse4(last);
        var groups = new int[parts.length + 1];
        for (int index = 0; index < parts.length - 1; index++) {
            groups[index] = group(parts[index]);
        }
        groups[parts.length - 1] = group(dotted, 0);
        groups[parts.length] = group(dotted, 1);
        return groups;
    }

    private static int group(String text) {
        require(text.length() >= 1 && text.length() <= 4);
        int group = 0;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            int digit = character < 128 ? Character.digit(character, 16) : -1;
            require(digit >= 0);
            group = (group << 4) | digit;
        }
        return group;
    }

    private static int group(Bytes address, int index) {
        return ((address.at(2 * index) & 0xff) << 8) | (address.at(2 * index + 1) & 0xff);
    }

    private static Bytes bytes(int[] head, int[] tail) {
        var address = new byte[2 * GROUPS];
        put(head, address, 0);
        put(tail, address, GROUPS - tail.length);
        return Bytes.wrap(address);
    }

    private static void put(int[] groups, byte[] address, int from) {
        for (int index = 0; index < groups.length; index++) {
            address[2 * (from + index)] = (byte) (groups[index] >>> 8);
            address[2 * (from + index) + 1] = (byte) groups[index];
        }
    }

    private static void require(boolean right) {
        if (!right) {
            throw new IllegalArgumentException(NOT_IP6);
        }
    }

    static String format6(Bytes address) {
        if (address.slice(0, MAPPED.size()).equals(MAPPED)) {
            return "::ffff:" + format4(address.slice(MAPPED.size(), address.size()));
        }
        int gap = -1;
        int gapLength = 1; // A single zero group is not shortened.
        for (int from = 0; from < GROUPS; from++) {
            int length = zeros(address, from);
            if (length > gapLength) {
                gap = from;
                gapLength = length;
            }
        }
        return gap < 0
                ? joined(address, 0, GROUPS)
                : joined(address, 0, gap) + "::" + joined(address, gap + gapLength, GROUPS);
    }

    private static int zeros(Bytes address, int from) {
        int to = from;
        while (to < GROUPS && group(address, to) == 0) {
            to++;
        }
        return to - from;
    }

    private static String joined(Bytes address, int from, int to) {
        var text = new StringBuilder();
        for (int index = from; index < to; index++) {
            text.append(index == from ? "" : ":")
                    .append(Integer.toHexString(group(address, index)));
        }
        return text.toString();
    }
}
