package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Crash;
import org.p2prmb.simulation.liveness.LivenessSettings;
import org.p2prmb.simulation.liveness.Troubles;

import picocli.CommandLine.Option;

/// What befalls the agents of `rmb simulate liveness`.
final class LivenessOptions {
    private static final double PERCENT = 100;

    private static final double DEAD_PERCENT = 5;

    @Option(
            names = "--dead",
            paramLabel = "PERCENT",
            description = "Agents that crash (5; in kademlia 10, all at once).")
    private @Nullable Double dead;

    @Option(names = "--leaving", paramLabel = "PERCENT", description = "Agents that leave (2).")
    private double leaving = 2;

    @Option(
            names = "--stalling",
            paramLabel = "PERCENT",
            description = "Agents that freeze for up to 15 s now and then (0).")
    private double stalling;

    @Option(
            names = "--malicious-watchers",
            paramLabel = "PERCENT",
            description = "Agents that lie about those they watch (0).")
    private double malicious;

    @Option(
            names = "--mass-death",
            paramLabel = "PERCENT",
            description = "Agents that crash in one moment (0).")
    private double massDeath;

    @Option(
            names = "--partition-minutes",
            paramLabel = "M",
            description = "How long one half is cut off from the other (0).")
    private int partitionMinutes;

    @Option(
            names = "--hot",
            paramLabel = "N",
            description = "Contacts whose death each agent wants to hear of (64).")
    private int hot = 64;

    @Option(
            names = "--crash",
            paramLabel = "KIND",
            description = "silent as a power failure, or reset as a kill (silent).")
    private String crash = "silent";

    /// Throws `IllegalArgumentException` when they do not fit.
    LivenessSettings settings(RunSettings run) {
        var troubles =
                new Troubles(
                        dead(DEAD_PERCENT),
                        leaving / PERCENT,
                        stalling(),
                        massDeath(),
                        malicious / PERCENT,
                        partitionMinutes,
                        kind());
        return new LivenessSettings(run, troubles, hot);
    }

    /// The share of agents that crash.
    double dead(double percentUnlessGiven) {
        return (dead == null ? percentUnlessGiven : dead) / PERCENT;
    }

    /// The share that crashes in one moment.
    double massDeath() {
        return massDeath / PERCENT;
    }

    double stalling() {
        return stalling / PERCENT;
    }

    int partitionMinutes() {
        return partitionMinutes;
    }

    /// What the others notice of a crash.
    Crash kind() {
        return switch (crash) {
            case "silent" -> Crash.SILENT;
            case "reset" -> Crash.RESET;
            default ->
                    throw new UserException(
                            "--crash '%s' is neither silent nor reset"
                                    .formatted(Printed.brief(crash)));
        };
    }
}
