package org.p2prmb.libp2p.host;

/// Where a host is reached though it does not listen there, in the order in which it is announced.
public enum FoundAddresses {
    /// Through relays at which it has a place.
    RELAYED,
    /// On the other side of a router that passes its port on.
    OBSERVED
}
