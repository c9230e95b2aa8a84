package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identify.PeerInfo;

/// Hears what happens to a host's connections.
public interface HostListener {
    default void connected(Connection connection) {}

    default void disconnected(Connection connection) {}

    /// The remote of `connection` said what it is, first after connecting or later by a push.
    default void identified(Connection connection, PeerInfo info) {}
}
