package org.p2prmb.simulation.gossip;

/// The two halves of a partitioned network.
final class Halves {
    private Halves() {}

    static boolean areApart(int one, int other, int agents) {
        int half = agents / 2;
        return one < half != other < half;
    }
}
