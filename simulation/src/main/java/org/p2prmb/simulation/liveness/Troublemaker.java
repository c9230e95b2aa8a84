package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.simulation.engine.Crash;
import org.p2prmb.simulation.engine.Simulation;

import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/// Has the troubles of a run happen at random times.
///
/// Deaths end two minutes before the run, so that all can be noticed in it; of short runs they take
/// the first half. Every other agent that crashed starts again three minutes later, with its key
/// and its disk.
final class Troublemaker {
    private static final Duration NOTICE = Duration.ofMinutes(2);
    private static final Duration HANDED_OUT = Duration.ofMinutes(1);
    private static final Duration RESTART = Duration.ofMinutes(3);
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    private static final int STALL_MILLIS_MIN = 1_000;
    private static final int STALL_MILLIS_MAX = 15_000;
    private static final int AWAKE_MILLIS_MIN = 30_000;
    private static final int AWAKE_MILLIS_MAX = 210_000;
    private static final Duration PARTITION_BEGINS = Duration.ofSeconds(10);

    private final Simulation simulation;
    private final LivenessSettings settings;
    private final Fates fates;
    private final Ledger ledger;
    private final IntConsumer start;
    private final RandomGenerator random;

    /// @param start starts an agent again
    Troublemaker(
            Simulation simulation,
            LivenessSettings settings,
            Fates fates,
            Ledger ledger,
            IntConsumer start,
            RandomGenerator random) {
        this.simulation = simulation;
        this.settings = settings;
        this.fates = fates;
        this.ledger = ledger;
        this.start = start;
        this.random = random;
    }

    /// Plans all that will happen from now to the end of the run.
    void arrange() {
        var run = settings.run().time();
        var half = run.dividedBy(2);
        var quiet = NOTICE.compareTo(half) < 0 ? NOTICE : half;
        int spread = (int) run.minus(quiet).toMillis();
        boolean again = false;
        for (int agent : fates.dead()) {
            var at = Duration.ofMillis(random.nextInt(spread));
            simulation.script(at, () -> crash(agent));
            again = !again;
            if (again && at.plus(RESTART).compareTo(run) < 0) {
                simulation.script(at.plus(RESTART), () -> start.accept(agent));
            }
        }
        for (int agent : fates.leaving()) {
            simulation.script(Duration.ofMillis(random.nextInt(spread)), () -> beginToLeave(agent));
        }
        for (int agent : fates.massDead()) {
            simulation.script(half, () -> crash(agent));
        }
        for (int agent = 0; agent < simulation.agents(); agent++) {
            if (fates.stalling()[agent]) {
                stallAfter(agent, random.nextInt(AWAKE_MILLIS_MAX));
            }
        }
        arrangePartition();
    }

    private void arrangePartition() {
        int minutes = settings.troubles().partitionMinutes();
        if (minutes == 0) {
            return;
        }
        int half = simulation.agents() / 2;
        simulation.script(
                PARTITION_BEGINS,
                () -> simulation.partition((from, to) -> from < half == to < half));
        simulation.script(
                PARTITION_BEGINS.plusMinutes(minutes),
                () -> {
                    simulation.heal();
                    ledger.healed();
                });
    }

    private void crash(int agent) {
        if (simulation.isUp(agent)) {
            ledger.crashed(agent);
            simulation.crash(agent, settings.troubles().crash());
            simulation.script(HANDED_OUT, () -> ledger.checkHandedOut(agent));
        }
    }

    private void beginToLeave(int agent) {
        if (simulation.isUp(agent)) {
            ledger.left(agent);
            simulation.after(agent, 0, Duration.ZERO, new Event.Leave());
            simulation.script(LAST_WORDS, () -> simulation.crash(agent, Crash.RESET));
            simulation.script(HANDED_OUT, () -> ledger.checkHandedOut(agent));
        }
    }

    private void stallAfter(int agent, int millis) {
        simulation.script(
                Duration.ofMillis(millis),
                () -> {
                    int stall = random.nextInt(STALL_MILLIS_MIN, STALL_MILLIS_MAX);
                    if (simulation.isUp(agent)) {
                        simulation.stall(agent, Duration.ofMillis(stall));
                    }
                    stallAfter(agent, stall + random.nextInt(AWAKE_MILLIS_MIN, AWAKE_MILLIS_MAX));
                });
    }
}
