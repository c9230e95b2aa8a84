package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/// A local network that one of our interfaces is on.
///
/// @param name of the interface
/// @param subnets whose addresses are reached without a router
record Link(String name, List<Subnet> subnets) {
    Link {
        subnets = List.copyOf(subnets);
    }

    /// True when `source` is a machine on this network.
    boolean holds(InetAddress source) {
        return subnets.stream().anyMatch(subnet -> subnet.contains(source));
    }

    /// True when `address` leads to a machine on this network, and there directly. Whatever else
    /// is told on it may be an attempt to have us dial others.
    boolean reaches(Multiaddr address) {
        return !address.has(Protocol.P2P_CIRCUIT) && address.ip().filter(this::reaches).isPresent();
    }

    private boolean reaches(InetAddress address) {
        var reachable =
                switch (AddressScope.of(address)) {
                    case PUBLIC, PRIVATE -> true;
                    // Of IPv6 it would need a zone, which is another one on each machine.
                    case LINK_LOCAL -> !(address instanceof Inet6Address);
                    case LOOPBACK, FORBIDDEN -> false;
                };
        return reachable && holds(address);
    }
}
