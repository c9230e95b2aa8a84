package org.p2prmb.simulation.reputation;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.Map;

/// The plain method to compare with: everybody knows all reports, and each counts the same.
final class Averages {
    private static final double NEWCOMER = 0.5;

    private record Sum(long good, long all) {}

    private final Map<PeerId, Sum> sums = new HashMap<>();

    void add(PeerId subject, boolean good) {
        sums.merge(
                subject,
                new Sum(good ? 1 : 0, 1),
                (sum, more) -> new Sum(sum.good() + more.good(), sum.all() + more.all()));
    }

    /// Good reports among all.
    double of(PeerId subject) {
        var sum = sums.get(subject);
        return sum == null ? NEWCOMER : (double) sum.good() / sum.all();
    }
}
