package org.p2prmb.simulation.gossip;

import org.p2prmb.simulation.engine.Simulation;

import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/// Has the troubles of a run happen at random times.
///
/// Every other agent that crashed one by one starts again a minute later, with its key.
final class Troublemaker {
    static final Duration PARTITION_BEGINS = Duration.ofSeconds(10);

    private static final Duration RESTART = Duration.ofMinutes(1);
    private static final int STALL_MILLIS_MIN = 1_000;
    private static final int STALL_MILLIS_MAX = 15_000;
    private static final int AWAKE_MILLIS_MIN = 30_000;
    private static final int AWAKE_MILLIS_MAX = 210_000;

    private final Simulation simulation;
    private final GossipSettings settings;
    private final Roles roles;
    private final Ledger ledger;
    private final IntConsumer start;
    private final RandomGenerator random;

    /// @param start starts an agent again
    Troublemaker(
            Simulation simulation,
            GossipSettings settings,
            Roles roles,
            Ledger ledger,
            IntConsumer start,
            RandomGenerator random) {
        this.simulation = simulation;
        this.settings = settings;
        this.roles = roles;
        this.ledger = ledger;
        this.start = start;
        this.random = random;
    }

    /// Plans all that will happen from now to the end of the run.
    void arrange() {
        int millis = (int) settings.run().time().toMillis();
        boolean again = false;
        for (int agent : roles.dead()) {
            var at = Duration.ofMillis(random.nextInt(millis));
            simulation.script(at, () -> crash(agent));
            again = !again;
            if (again) {
                simulation.script(at.plus(RESTART), () -> start.accept(agent));
            }
        }
        for (int agent : roles.massDead()) {
            simulation.script(Duration.ofMillis(millis / 2), () -> crash(agent));
        }
        for (int agent = 0; agent < simulation.agents(); agent++) {
            if (roles.isStalling(agent)) {
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
        int agents = simulation.agents();
        simulation.script(
                PARTITION_BEGINS,
                () -> {
                    simulation.partition((from, to) -> !Halves.areApart(from, to, agents));
                    ledger.cut();
                });
        simulation.script(
                PARTITION_BEGINS.plusMinutes(minutes),
                () -> {
                    simulation.heal();
                    ledger.healed();
                });
    }

    private void crash(int agent) {
        if (simulation.isUp(agent)) {
            ledger.ended(agent);
            simulation.crash(agent, settings.troubles().crash());
        }
    }

    private void stallAfter(int agent, int millis) {
        simulation.script(
                Duration.ofMillis(millis),
                () -> {
                    int stall = random.nextInt(STALL_MILLIS_MIN, STALL_MILLIS_MAX);
                    if (simulation.isUp(agent)) {
                        ledger.stalled(agent, Duration.ofMillis(stall));
                        simulation.stall(agent, Duration.ofMillis(stall));
                    }
                    stallAfter(agent, stall + random.nextInt(AWAKE_MILLIS_MIN, AWAKE_MILLIS_MAX));
                });
    }
}
