package org.p2prmb.libp2p.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/// Looks names up in the DNS; the seam for tests.
public interface Resolver {
    /// All IPv4 and IPv6 addresses of `host`. Throws [java.net.UnknownHostException] when there
    /// are none.
    List<InetAddress> addresses(String host) throws IOException;

    /// The text records of `name`, each joined from its parts; empty when there are none.
    List<String> texts(String name) throws IOException;

    /// The one to ask for names that strangers told: those that are never answered do not keep this
    /// one from answering.
    default Resolver forStrangers() {
        return this;
    }
}
