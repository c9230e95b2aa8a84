package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// The part of the network to which an address belongs, as a number: those who own one address of
/// it are believed to own the others too.
///
/// A /16 of IPv4 and a /32 of IPv6; in private networks, which nobody enters from outside, the
/// whole address.
@Pure
final class IpGroup {
    /// Of addresses that do not count: names, and loopback when that is exempt.
    static final long NONE = 0;

    /// Keeps the groups of IPv4 apart from those of IPv6, whose first bits are 0 in no such group.
    private static final long IP4 = 1L << 32;

    private IpGroup() {}

    static long of(Multiaddr address, boolean exemptLoopback) {
        var ip = address.ip();
        return ip.isEmpty() ? NONE : of(ip.get(), exemptLoopback);
    }

    private static long of(InetAddress ip, boolean exemptLoopback) {
        return switch (AddressScope.of(ip)) {
            case LOOPBACK -> exemptLoopback ? NONE : network(ip.getAddress());
            case PRIVATE, LINK_LOCAL -> whole(ip.getAddress());
            case PUBLIC, FORBIDDEN -> network(ip.getAddress());
        };
    }

    private static long network(byte[] ip) {
        var bytes = ByteBuffer.wrap(ip);
        return ip.length == 4
                ? IP4 | Short.toUnsignedLong(bytes.getShort())
                : Integer.toUnsignedLong(bytes.getInt()) << 32;
    }

    private static long whole(byte[] ip) {
        var bytes = ByteBuffer.wrap(ip);
        return ip.length == 4
                ? IP4 | 1L << 33 | Integer.toUnsignedLong(bytes.getInt())
                : bytes.getLong() * 31 + bytes.getLong();
    }
}
