package org.p2prmb.node.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Where the metrics of an agent are shown: an IP address of this machine and a TCP port.
///
/// @param address a literal, so that no name decides who can read the metrics
/// @param port 0 for one that the system chooses
public record MetricsAddress(InetAddress address, int port) {
    public static final int PORT_MAX = 65_535;

    /// `9464`, `127.0.0.1:9464` or `[::1]:9464`; a port alone is one of 127.0.0.1. Throws
    /// [UserException] for anything else.
    public static MetricsAddress parse(String text) {
        var stripped = text.strip();
        var colon = stripped.lastIndexOf(':');
        var host = colon < 0 ? "127.0.0.1" : stripped.substring(0, colon);
        var port = stripped.substring(colon + 1);
        if (host.equals("localhost")) {
            host = "127.0.0.1";
        }
        if (port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= PORT_MAX && isLiteral(host)) {
            try {
                return new MetricsAddress(InetAddress.getByName(host), Integer.parseInt(port));
            } catch (UnknownHostException _) {
                // The literal is none: the complaint below.
            }
        }
        throw new UserException(
                "'%s' is no IP address and port, such as 127.0.0.1:9464"
                        .formatted(Printed.brief(text)));
    }

    /// What looks like an address is never looked up as a name.
    private static boolean isLiteral(String host) {
        return host.matches("[0-9]{1,3}([.][0-9]{1,3}){3}")
                || host.matches("\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]");
    }

    public InetSocketAddress socket() {
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString() {
        var host = address.getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
