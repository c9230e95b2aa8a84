package org.p2prmb.libp2p.multiaddr;

import org.p2prmb.libp2p.core.Bytes;

import java.net.InetAddress;

/// What limits for each address count as one: an IPv4 address, or the IPv6 /56 that whoever has
/// one address of it usually has.
public final class IpNetwork {
    private static final int IP6_NETWORK_BYTES = 7;

    private IpNetwork() {}

    public static Bytes of(InetAddress address) {
        var bytes = Bytes.wrap(address.getAddress());
        return bytes.size() > 4 ? bytes.slice(0, IP6_NETWORK_BYTES) : bytes;
    }
}
