package org.p2prmb.simulation.gossip;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Samples;

/// How long deliveries took: a count for each millisecond, whatever their number.
final class Delays {
    /// What took longer is counted with the longest.
    private static final int MILLIS_MAX = 1 << 17;

    private static final double MILLIS_PER_SECOND = 1_000;

    private final int[] counts = new int[MILLIS_MAX + 1];
    private long total;

    void add(long millis) {
        counts[Math.clamp(millis, 0, MILLIS_MAX)]++;
        total++;
    }

    long total() {
        return total;
    }

    /// Adds p50, p99 and max in seconds under `name`.
    void report(Report.Builder report, String name) {
        if (total == 0) {
            report.seconds(name, new Samples(), "p50", "p99", "max");
            return;
        }
        var group =
                new Report.Builder()
                        .measure("p50", quantileMillis(0.5) / MILLIS_PER_SECOND)
                        .measure("p99", quantileMillis(0.99) / MILLIS_PER_SECOND)
                        .measure("max", quantileMillis(1) / MILLIS_PER_SECOND);
        report.group(name, group.build());
    }

    /// The smallest delay that at least `share` of all do not exceed.
    private int quantileMillis(double share) {
        long rank = (long) Math.ceil(share * total);
        int millis = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[millis]) {
            millis++;
        }
        return millis;
    }
}
