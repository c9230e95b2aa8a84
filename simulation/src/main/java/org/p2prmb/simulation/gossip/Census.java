package org.p2prmb.simulation.gossip;

import org.p2prmb.simulation.Report;

/// How many peers there are in the meshes of settled honest agents.
final class Census {
    private long meshes;
    private long members;
    private long attackers;
    private int min = Integer.MAX_VALUE;
    private int max;

    void count(int degree, int attacking) {
        meshes++;
        members += degree;
        attackers += attacking;
        min = Math.min(min, degree);
        max = Math.max(max, degree);
    }

    Report degrees() {
        return new Report.Builder()
                .measure("mean", members / (double) Math.max(1, meshes))
                .count("min", Math.min(min, max))
                .count("max", max)
                .build();
    }

    /// The share of attackers in the meshes.
    double attackers() {
        return attackers / (double) Math.max(1, members);
    }
}
