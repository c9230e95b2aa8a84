package org.p2prmb.libp2p.multiaddr;

import org.p2prmb.libp2p.core.Bytes;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/// How far an IP address reaches, from the widest to the narrowest.
///
/// An address is dialled only if its scope is at most as wide as a scope that we listen on, so
/// that nobody can make a private network dial into the world or anyone dial what is
/// [#FORBIDDEN].
public enum AddressScope {
    PUBLIC,
    /// Networks of an organisation or a provider: RFC 1918, RFC 6598, unique local IPv6.
    PRIVATE,
    LINK_LOCAL,
    LOOPBACK,
    /// Never dialled: unspecified, multicast, broadcast and reserved addresses, and those where
    /// clouds serve credentials to whoever asks.
    FORBIDDEN;

    private static final Set<Bytes> METADATA =
            Set.of(
                    IpText.parse4("169.254.169.254"),
                    IpText.parse4("169.254.170.2"),
                    IpText.parse4("169.254.170.23"),
                    IpText.parse4("100.100.100.200"),
                    IpText.parse4("168.63.129.16"),
                    IpText.parse4("192.0.0.192"),
                    IpText.parse6("fd00:ec2::254"),
                    IpText.parse6("fd00:ec2::23"),
                    IpText.parse6("fd20:ce::254"));

    /// The first row that fits counts.
    private static final List<Range> RANGES_4 =
            List.of(
                    new Range(IpText.parse4("0.0.0.0"), 8, FORBIDDEN),
                    new Range(IpText.parse4("10.0.0.0"), 8, PRIVATE),
                    new Range(IpText.parse4("100.64.0.0"), 10, PRIVATE),
                    new Range(IpText.parse4("127.0.0.0"), 8, LOOPBACK),
                    new Range(IpText.parse4("169.254.0.0"), 16, LINK_LOCAL),
                    new Range(IpText.parse4("172.16.0.0"), 12, PRIVATE),
                    new Range(IpText.parse4("192.0.0.0"), 24, PRIVATE),
                    new Range(IpText.parse4("192.168.0.0"), 16, PRIVATE),
                    new Range(IpText.parse4("198.18.0.0"), 15, PRIVATE),
                    new Range(IpText.parse4("224.0.0.0"), 3, FORBIDDEN));

    private static final List<Range> RANGES_6 =
            List.of(
                    new Range(IpText.parse6("::1"), 128, LOOPBACK),
                    new Range(IpText.parse6("fe80::"), 10, LINK_LOCAL),
                    new Range(IpText.parse6("fec0::"), 10, PRIVATE),
                    new Range(IpText.parse6("fc00::"), 7, PRIVATE),
                    new Range(IpText.parse6("64:ff9b:1::"), 48, PRIVATE),
                    new Range(IpText.parse6("2001::"), 32, FORBIDDEN),
                    new Range(IpText.parse6("2000::"), 3, PUBLIC),
                    new Range(IpText.parse6("::"), 0, FORBIDDEN));

    private static final Bytes MAPPED = IpText.parse6("::ffff:0:0").slice(0, 12);
    private static final Bytes TRANSLATED = IpText.parse6("64:ff9b::").slice(0, 12);
    private static final Bytes SIX_TO_FOUR = IpText.parse6("2002::").slice(0, 2);

    private record Range(Bytes network, int prefixLength, AddressScope scope) {
        boolean contains(Bytes address) {
            for (int bit = 0; bit < prefixLength; bit += 8) {
                int mask = (0xff << Math.max(0, 8 - (prefixLength - bit))) & 0xff;
                if (((network.at(bit / 8) ^ address.at(bit / 8)) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /// The scope of `address`; an IPv6 address that only wraps an IPv4 one has the scope of that.
    public static AddressScope of(InetAddress address) {
        return of(Bytes.wrap(address.getAddress()));
    }

    /// The scope in which others may reach a socket bound to `address`: on a wildcard address, any.
    public static AddressScope ofListener(InetAddress address) {
        return address.isAnyLocalAddress() ? PUBLIC : of(address);
    }

    private static AddressScope of(Bytes address) {
        if (METADATA.contains(address)) {
            return FORBIDDEN;
        }
        if (address.size() == 4) {
            return of(address, RANGES_4, PUBLIC);
        }
        if (startsWith(address, MAPPED) || startsWith(address, TRANSLATED)) {
            return of(address.slice(12, 16));
        }
        if (startsWith(address, SIX_TO_FOUR)) {
            return of(address.slice(2, 6));
        }
        return of(address, RANGES_6, FORBIDDEN);
    }

    private static AddressScope of(Bytes address, List<Range> ranges, AddressScope otherwise) {
        return ranges.stream()
                .filter(range -> range.contains(address))
                .map(Range::scope)
                .findFirst()
                .orElse(otherwise);
    }

    private static boolean startsWith(Bytes address, Bytes prefix) {
        return address.slice(0, prefix.size()).equals(prefix);
    }

    /// True when an address of this scope may be dialled by one who listens on `listened`.
    public boolean atMostAsWideAs(AddressScope listened) {
        return this != FORBIDDEN && listened != FORBIDDEN && compareTo(listened) >= 0;
    }
}
