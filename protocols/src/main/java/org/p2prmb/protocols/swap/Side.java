package org.p2prmb.protocols.swap;

/// Which leg of a swap.
public enum Side {
    /// The seller locks it, the buyer redeems it.
    A,
    /// The buyer locks it, the seller redeems it.
    B
}
