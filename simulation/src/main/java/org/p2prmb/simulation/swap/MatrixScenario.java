package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Progress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Kills each party before and after each thing that it does, with each fault beside it, on a quick
/// and a slow chain both ways round; and looks at what is left.
public final class MatrixScenario implements Scenario {
    private static final int SHOWN_MAX = 20;

    private final long seed;
    private final boolean kills;
    private final Duration down;
    private final Map<String, Long> outcomes = new TreeMap<>();

    /// @param kills whether parties are killed; else each fault comes alone
    public MatrixScenario(long seed, boolean kills) {
        this(seed, kills, SwapWorld.DOWN);
    }

    /// @param down how long a party may be down by the margins of the terms
    MatrixScenario(long seed, boolean kills, Duration down) {
        this.seed = seed;
        this.kills = kills;
        this.down = down;
    }

    /// One run of a swap.
    ///
    /// @param kill nothing for a run in which nobody is killed
    private record Cell(boolean slowFirst, @Nullable Kill kill, Fault fault) {
        SwapWorld world(long seed, Duration down) {
            return new SwapWorld(slowFirst, kill, fault, seed, down);
        }

        @Override
        public String toString() {
            return "%s first, %s, %s".formatted(slowFirst ? "slow" : "quick", kill, fault);
        }
    }

    @Override
    public Report run(Progress progress) {
        var cells = cells();
        var byInvariant = new TreeMap<String, Long>();
        var shown = new ArrayList<String>();
        long violations = 0;
        for (int number = 0; number < cells.size(); number++) {
            var world = cells.get(number).world(seed + number, down);
            for (var violation : world.run()) {
                violations++;
                byInvariant.merge(violation.substring(0, 2), 1L, Long::sum);
                if (shown.size() < SHOWN_MAX) {
                    shown.add(cells.get(number) + ", seed " + (seed + number) + ": " + violation);
                }
            }
            for (var role : Role.values()) {
                outcomes.merge(world.party(role).outcome(), 1L, Long::sum);
            }
            progress.passed((number + 1.0) / cells.size());
        }
        return report(cells.size(), violations, byInvariant, shown);
    }

    private Report report(
            int scenarios, long violations, Map<String, Long> byInvariant, List<String> shown) {
        var invariants = new Report.Builder();
        for (int invariant = 1; invariant <= 6; invariant++) {
            var name = "I" + invariant;
            invariants.count(name, byInvariant.getOrDefault(name, 0L));
        }
        var report =
                new Report.Builder()
                        .text("scenario", "swap")
                        .count("seed", seed)
                        .count("scenarios", scenarios)
                        .count("violations", violations)
                        .group("byInvariant", invariants.build());
        var ends = new Report.Builder();
        outcomes.forEach(ends::count);
        report.group("outcomes", ends.build());
        for (int number = 0; number < shown.size(); number++) {
            report.text("violation" + (number + 1), shown.get(number));
        }
        return report.build();
    }

    /// What each party does, found by runs in which nobody is killed: one that goes well, and those
    /// whose faults make it cancel or take back.
    private List<Cell> cells() {
        var cells = new ArrayList<Cell>();
        for (boolean slowFirst : new boolean[] {false, true}) {
            for (var fault : Fault.values()) {
                cells.add(new Cell(slowFirst, null, fault));
                for (var role : kills ? Role.values() : new Role[0]) {
                    var world = new SwapWorld(slowFirst, null, fault, seed, down);
                    world.run();
                    for (var boundary : world.party(role).boundaries().reached()) {
                        for (var moment : Kill.Moment.values()) {
                            cells.add(new Cell(slowFirst, new Kill(role, boundary, moment), fault));
                        }
                    }
                }
            }
        }
        return cells;
    }
}
