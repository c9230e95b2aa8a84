package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/// The part of the network to which an address belongs, as a number: those who own one address of
/// it are believed to own the others too.
///
/// A /16 of IPv4 and a /32 of IPv6; in private networks, which nobody enters from outside, the
/// whole address.
@Pure
final class IpGroup {
    /// The group of names, which does not count.
    static final long NONE = 0;

    private static final long LOOPBACK = Long.MIN_VALUE;

    /// Keep apart what has the same numbers; no group of public IPv6 addresses has such bits.
    private static final long NETWORK_4 = 1L << 32;

    private static final long ADDRESS_4 = 1L << 33;

    private static final int PRIME = 31;

    private IpGroup() {}

    static long of(Multiaddr address) {
        return address.ip().map(IpGroup::of).orElse(NONE);
    }

    private static long of(InetAddress ip) {
        return switch (AddressScope.of(ip)) {
            case LOOPBACK -> LOOPBACK | network(ip.getAddress());
            case PRIVATE, LINK_LOCAL -> whole(ip.getAddress());
            case PUBLIC, FORBIDDEN -> network(ip.getAddress());
        };
    }

    private static long network(byte[] ip) {
        var bytes = ByteBuffer.wrap(ip);
        return ip.length == 4
                ? NETWORK_4 | Short.toUnsignedLong(bytes.getShort())
                : Integer.toUnsignedLong(bytes.getInt()) << 32 & ~LOOPBACK;
    }

    private static long whole(byte[] ip) {
        var bytes = ByteBuffer.wrap(ip);
        return ip.length == 4
                ? ADDRESS_4 | Integer.toUnsignedLong(bytes.getInt())
                : (PRIME * bytes.getLong() + bytes.getLong()) & ~LOOPBACK;
    }

    /// The groups of all these addresses, each once.
    static long[] of(List<Multiaddr> addresses) {
        return addresses.stream().mapToLong(IpGroup::of).distinct().toArray();
    }

    /// Whether the number of peers in this group has a limit.
    static boolean isLimited(long group, boolean exemptLoopback) {
        return group != NONE && !(exemptLoopback && group < 0);
    }
}
