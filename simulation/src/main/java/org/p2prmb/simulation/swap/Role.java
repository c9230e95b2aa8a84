package org.p2prmb.simulation.swap;

/// A party of a swap.
enum Role {
    SELLER,
    BUYER;

    Role other() {
        return this == SELLER ? BUYER : SELLER;
    }
}
