package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Progress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Kills each party before and after each thing that it does, with each fault beside it, on a quick
/// and a slow chain both ways round; and looks at what is left.
public final class MatrixScenario implements Scenario {
    private static final int SHOWN_MAX = 20;

    private final long seed;
    private final boolean kills;
    private final Duration down;
    private final Set<Fault> faults;
    private final Consumer<SwapWorld> spoil;
    private final Keyring keyring = new Keyring();

    /// @param kills whether parties are killed; else each fault comes alone
    public MatrixScenario(long seed, boolean kills) {
        this(seed, kills, SwapWorld.DOWN, EnumSet.allOf(Fault.class), _ -> {});
    }

    /// @param down how long a party may be down by the margins of the terms
    /// @param spoil breaks something that is to be found out
    MatrixScenario(
            long seed, boolean kills, Duration down, Set<Fault> faults, Consumer<SwapWorld> spoil) {
        this.seed = seed;
        this.kills = kills;
        this.down = down;
        this.faults = EnumSet.copyOf(faults);
        this.spoil = spoil;
    }

    /// One run.
    ///
    /// @param kill nothing for a run in which nobody is killed
    private record Cell(boolean slowFirst, @Nullable Kill kill, Fault fault) {
        @Override
        public String toString() {
            return "%s first, %s, %s".formatted(slowFirst ? "slow" : "quick", kill, fault);
        }
    }

    /// What came of a run.
    private record Found(Cell cell, long seed, List<String> violations, List<String> outcomes) {}

    @Override
    public Report run(Progress progress) {
        var cells = cells();
        var done = new AtomicInteger();
        // Runs have nothing in common but keys, so all cores may take their part.
        var found =
                IntStream.range(0, cells.size())
                        .parallel()
                        .mapToObj(number -> run(cells.get(number), seed + number))
                        .peek(_ -> progress.passed((double) done.incrementAndGet() / cells.size()))
                        .toList();
        return report(found);
    }

    private Found run(Cell cell, long number) {
        var world = world(cell, number);
        var violations = world.run();
        var outcomes = new ArrayList<String>();
        for (var role : Role.values()) {
            for (var terms : world.deals().planned()) {
                outcomes.add(world.party(role).outcome(terms.id()));
            }
        }
        return new Found(cell, number, violations, outcomes);
    }

    private SwapWorld world(Cell cell, long number) {
        var world =
                new SwapWorld(keyring, cell.slowFirst(), cell.kill(), cell.fault(), number, down);
        spoil.accept(world);
        return world;
    }

    private Report report(List<Found> found) {
        var byInvariant = new TreeMap<String, Long>();
        var outcomes = new TreeMap<String, Long>();
        var shown = new ArrayList<String>();
        long violations = 0;
        for (var run : found) {
            run.outcomes().forEach(outcome -> outcomes.merge(outcome, 1L, Long::sum));
            for (var violation : run.violations()) {
                violations++;
                byInvariant.merge(violation.substring(0, 2), 1L, Long::sum);
                if (shown.size() < SHOWN_MAX) {
                    shown.add(run.cell() + ", seed " + run.seed() + ": " + violation);
                }
            }
        }
        var invariants = new Report.Builder();
        for (int invariant = 1; invariant <= 6; invariant++) {
            var name = "I" + invariant;
            invariants.count(name, byInvariant.getOrDefault(name, 0L));
        }
        var report =
                new Report.Builder()
                        .text("scenario", "swap")
                        .count("seed", seed)
                        .count("scenarios", found.size())
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
        var undisturbed = new ArrayList<Cell>();
        for (boolean slowFirst : new boolean[] {false, true}) {
            faults.forEach(fault -> undisturbed.add(new Cell(slowFirst, null, fault)));
        }
        if (!kills) {
            return undisturbed;
        }
        return undisturbed.parallelStream()
                .flatMap(cell -> Stream.concat(Stream.of(cell), kills(cell)))
                .toList();
    }

    private Stream<Cell> kills(Cell cell) {
        var world = world(cell, seed);
        world.run();
        var cells = new ArrayList<Cell>();
        for (var role : Role.values()) {
            for (var boundary : world.party(role).boundaries().reached()) {
                for (var moment : Kill.Moment.values()) {
                    var kill = new Kill(role, boundary, moment);
                    cells.add(new Cell(cell.slowFirst(), kill, cell.fault()));
                }
            }
        }
        return cells.stream();
    }
}
