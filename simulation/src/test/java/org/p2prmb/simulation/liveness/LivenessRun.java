package org.p2prmb.simulation.liveness;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Progress;

/// One run of the scenario, and its figures.
record LivenessRun(Report report) {
    static LivenessRun of(RunSettings run, Troubles troubles) {
        var settings = LivenessSettings.of(run, troubles);
        return new LivenessRun(new LivenessScenario(settings).run(Progress.UNWATCHED));
    }

    long count(String name) {
        return ((Figure.Count) figure(report, name)).value();
    }

    double measure(String name) {
        return ((Figure.Measure) figure(report, name)).value();
    }

    /// Such as `removalSeconds`, `p99`.
    double measure(String group, String name) {
        var figures = ((Figure.Group) figure(report, group)).report();
        return ((Figure.Measure) figure(figures, name)).value();
    }

    private static Figure figure(Report report, String name) {
        var figure = report.figures().get(name);
        if (figure == null) {
            throw new AssertionError("no figure " + name + " in " + report);
        }
        return figure;
    }
}
