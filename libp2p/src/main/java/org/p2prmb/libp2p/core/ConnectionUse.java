package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identity.PeerId;

/// A part of the program that needs connections at times when no stream of its shows it: the mesh
/// of a topic, neighbours.
///
/// Both questions are asked often, about connections that might be closed, and must not wait.
@FunctionalInterface
public interface ConnectionUse {
    /// Whether the connections with `peer` are to stay now, however many there are.
    boolean needs(PeerId peer);

    /// What the connections with `peer` are worth when some must go; the values of all uses are
    /// added up, and the lowest go first.
    default int value(PeerId peer) {
        return 0;
    }
}
