package org.p2prmb.cli;

import org.p2prmb.node.config.AgentConfig;

import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;

/// What the network interfaces of this machine allow.
final class Interfaces {
    private static final String IPV6 = "/ip6/";

    private Interfaces() {}

    /// These defaults with one wildcard address: the IPv6 one, which takes IPv4 too, or the IPv4
    /// one where the machine has no IPv6.
    static AgentConfig fitting(AgentConfig defaults) {
        var ipv6 = haveIpv6();
        return defaults.withListen(
                defaults.listen().stream()
                        .filter(address -> address.toString().startsWith(IPV6) == ipv6)
                        .toList());
    }

    private static boolean haveIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(Inet6Address.class::isInstance);
        } catch (SocketException _) {
            return false;
        }
    }
}
