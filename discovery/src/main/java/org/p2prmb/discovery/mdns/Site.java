package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Where we ask and answer: one family of one interface, and what we have to say there.
///
/// @param own our addresses that lead there
record Site(Link link, StandardProtocolFamily family, List<Multiaddr> own) {
    /// Sites that are used; those of the oldest interfaces come first, which are the physical ones.
    static final int SITES_MAX = 16;

    private static final int SUBNETS_MAX = 32;

    Site {
        own = List.copyOf(own);
    }

    /// All sites of this machine as it is now.
    static List<Site> all(List<Multiaddr> own) throws SocketException {
        var interfaces =
                NetworkInterface.networkInterfaces()
                        .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                        .toList();
        var sites = new ArrayList<Site>();
        for (var network : interfaces) {
            if (isLocalNetwork(network)) {
                sites.addAll(of(network, own));
            }
        }
        return List.copyOf(sites.subList(0, Math.min(SITES_MAX, sites.size())));
    }

    private static boolean isLocalNetwork(NetworkInterface network) throws SocketException {
        return network.isUp()
                && network.supportsMulticast()
                && !network.isLoopback()
                && !network.isPointToPoint();
    }

    private static List<Site> of(NetworkInterface network, List<Multiaddr> own) {
        var addresses =
                network.getInterfaceAddresses().stream()
                        .filter(Site::hasSubnet)
                        .limit(SUBNETS_MAX)
                        .toList();
        var subnets =
                addresses.stream()
                        .map(at -> Subnet.of(at.getAddress(), at.getNetworkPrefixLength()))
                        .toList();
        var link = new Link(network.getName(), subnets);
        var told = own.stream().filter(link::reaches).toList();
        var hosts = addresses.stream().map(InterfaceAddress::getAddress).toList();
        var sites = new ArrayList<Site>();
        if (hosts.stream().anyMatch(Inet4Address.class::isInstance)) {
            sites.add(new Site(link, StandardProtocolFamily.INET, told));
        }
        if (hosts.stream().anyMatch(Site::isDialledIpv6)) {
            sites.add(new Site(link, StandardProtocolFamily.INET6, told));
        }
        return sites;
    }

    private static boolean hasSubnet(InterfaceAddress address) {
        var bits = Byte.SIZE * address.getAddress().getAddress().length;
        return address.getNetworkPrefixLength() > 0 && address.getNetworkPrefixLength() <= bits;
    }

    private static boolean isDialledIpv6(InetAddress address) {
        return address instanceof Inet6Address && !address.isLinkLocalAddress();
    }

    @Override
    public String toString() {
        return link.name() + (family == StandardProtocolFamily.INET ? " (IPv4)" : " (IPv6)");
    }
}
