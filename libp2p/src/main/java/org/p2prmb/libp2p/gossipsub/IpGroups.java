package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;

import java.net.InetAddress;
import java.util.List;

/// Which IP addresses count as one place for P6: IPv4 addresses each, IPv6 addresses by the prefix
/// that a site gets, for whoever has one has all the others of it.
///
/// @param prefixBits6 length of that prefix
/// @param exempt networks whose addresses are not counted
public record IpGroups(int prefixBits6, List<Network> exempt) {
    private static final int BYTES_4 = 4;

    public IpGroups {
        exempt = List.copyOf(exempt);
        if (prefixBits6 < 0 || prefixBits6 > 128) {
            throw new IllegalArgumentException("an IPv6 prefix has 0 to 128 bits");
        }
    }

    /// All addresses whose first `bits` bits are those of `address`.
    public record Network(InetAddress address, int bits) {
        boolean contains(InetAddress ip) {
            return ip.getAddress().length == address.getAddress().length
                    && prefix(ip.getAddress(), bits).equals(prefix(address.getAddress(), bits));
        }
    }

    /// A /56, as for connections; this machine is exempt, for it says nothing about who is behind
    /// an address of its own.
    public static IpGroups defaults() {
        return of(true);
    }

    /// As [#defaults], this machine exempt or counted like any other.
    public static IpGroups of(boolean exemptLoopback) {
        var machine =
                List.of(
                        new Network(InetAddress.ofLiteral("127.0.0.0"), 8),
                        new Network(InetAddress.ofLiteral("::1"), 128));
        return new IpGroups(56, exemptLoopback ? machine : List.of());
    }

    /// What the address is counted under; empty when it is not counted.
    public Bytes of(InetAddress ip) {
        if (exempt.stream().anyMatch(network -> network.contains(ip))) {
            return Bytes.EMPTY;
        }
        var bytes = ip.getAddress();
        return prefix(bytes, bytes.length == BYTES_4 ? Byte.SIZE * BYTES_4 : prefixBits6);
    }

    private static Bytes prefix(byte[] address, int bits) {
        var prefix = address.clone();
        for (var at = 0; at < prefix.length; at++) {
            var kept = Math.clamp(bits - Byte.SIZE * at, 0, Byte.SIZE);
            prefix[at] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        return Bytes.wrap(prefix);
    }
}
