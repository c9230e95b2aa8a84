package org.p2prmb.libp2p.autonat;

/// Whether others can dial an address of ours.
public enum Reachability {
    /// Too few have tried, or they do not agree.
    UNKNOWN,
    PUBLIC,
    PRIVATE
}
