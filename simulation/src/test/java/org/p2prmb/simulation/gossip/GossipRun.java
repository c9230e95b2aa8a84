package org.p2prmb.simulation.gossip;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.engine.Progress;

/// One run of the scenario, and its figures.
record GossipRun(Report report) {
    static GossipRun of(GossipSettings settings) {
        return new GossipRun(new GossipScenario(settings).run(Progress.UNWATCHED));
    }

    long count(String name) {
        return ((Figure.Count) figure(report, name)).value();
    }

    double measure(String name) {
        return ((Figure.Measure) figure(report, name)).value();
    }

    /// Such as `deliverySeconds`, `p99`.
    double measure(String group, String name) {
        return ((Figure.Measure) figure(group(group), name)).value();
    }

    long count(String group, String name) {
        return ((Figure.Count) figure(group(group), name)).value();
    }

    boolean isMeasured(String name) {
        return !(figure(report, name) instanceof Figure.None);
    }

    private Report group(String name) {
        return ((Figure.Group) figure(report, name)).report();
    }

    private static Figure figure(Report report, String name) {
        var figure = report.figures().get(name);
        if (figure == null) {
            throw new AssertionError("no figure " + name + " in " + report);
        }
        return figure;
    }
}
