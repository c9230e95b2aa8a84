package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Lets in one agent of each IP group: a /16 of IPv4, a /48 of IPv6. Whoever owns one address of a
/// group is believed to own the others too.
final class AddressGroups {
    private static final int IPV4_BYTES = 2;
    private static final int IPV6_BYTES = 6;

    private final boolean exemptLoopback;
    private final Set<Bytes> taken = new HashSet<>();

    AddressGroups(boolean exemptLoopback) {
        this.exemptLoopback = exemptLoopback;
    }

    /// Whether no agent of any of these addresses' groups was let in before; then this one is.
    boolean admit(List<Multiaddr> addresses) {
        var groups = new HashSet<Bytes>();
        for (var address : addresses) {
            address.ip()
                    .filter(ip -> !(exemptLoopback && ip.isLoopbackAddress()))
                    .ifPresent(ip -> groups.add(group(ip)));
        }
        if (groups.stream().anyMatch(taken::contains)) {
            return false;
        }
        taken.addAll(groups);
        return true;
    }

    private static Bytes group(InetAddress ip) {
        var address = Bytes.wrap(ip.getAddress());
        return address.slice(0, address.size() == Integer.BYTES ? IPV4_BYTES : IPV6_BYTES);
    }
}
