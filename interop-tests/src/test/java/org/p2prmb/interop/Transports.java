package org.p2prmb.interop;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

/// What the peers of the matrix listen with.
final class Transports {
    static final List<Multiaddr> LISTEN =
            List.of(
                    Multiaddr.parse("/ip4/127.0.0.1/tcp/0"),
                    Multiaddr.parse("/ip4/127.0.0.1/tcp/0/ws"));

    private Transports() {}

    /// `tcp` or `ws`, as the address says.
    static String of(Multiaddr address) {
        return address.toString().contains("/ws") ? "ws" : "tcp";
    }
}
