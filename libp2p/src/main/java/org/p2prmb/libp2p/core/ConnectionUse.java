package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identity.PeerId;

/// A part of the program that needs connections at times when no stream of its shows it: the mesh
/// of a topic, neighbours.
@FunctionalInterface
public interface ConnectionUse {
    /// Whether the connections with `peer` are to stay now. Asked often; must not wait.
    boolean needs(PeerId peer);
}
