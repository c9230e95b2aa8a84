package org.p2prmb.libp2p.gossipsub;

/// How many entries each memory of a router holds.
record RouterSizes(
        int peers,
        int topics,
        int seen,
        int cached,
        int backoffs,
        int promises,
        int validations,
        int scores,
        int unwanted) {}
