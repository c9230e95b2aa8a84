package org.p2prmb.cli;

import org.p2prmb.node.config.AgentConfig;

import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;

/// What the network interfaces of this machine allow.
final class Interfaces {
    private static final String IPV6 = "/ip6/";

    private Interfaces() {}

    /// These defaults without the IPv6 addresses where the machine has no IPv6: listening there
    /// would fail, though nobody asked for it.
    static AgentConfig fitting(AgentConfig defaults) {
        return haveIpv6()
                ? defaults
                : defaults.withListen(
                        defaults.listen().stream()
                                .filter(address -> !address.toString().startsWith(IPV6))
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
