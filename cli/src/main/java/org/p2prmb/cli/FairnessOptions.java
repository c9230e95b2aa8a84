package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.fairness.FairnessSettings;
import org.p2prmb.simulation.fairness.Hardships;
import org.p2prmb.simulation.fairness.Policy;

import picocli.CommandLine.Option;

import java.time.Duration;

/// How many windows `rmb simulate fairness` holds, and how the seller chooses.
final class FairnessOptions {
    @Option(
            names = "--windows",
            paramLabel = "N",
            description = "fairness: windows of one lot each (10618).")
    private int windows = FairnessSettings.WINDOWS;

    @Option(
            names = "--window-seconds",
            paramLabel = "S",
            description = "fairness: how long each is open, 3 to 600 (10).")
    private long windowSeconds = FairnessSettings.LENGTH.toSeconds();

    @Option(
            names = "--arrival-ties",
            paramLabel = "SHARE",
            description = "fairness: windows whose ties fall back to arrival, 0 to 1 (0).")
    private double arrivalTies;

    @Option(
            names = "--relay-delay",
            paramLabel = "SHARE",
            description = "fairness: part of a window by which all hear late, 0 to 0.95 (0).")
    private double relayDelay;

    @Option(
            names = "--clock-skew",
            paramLabel = "S",
            description = "fairness: how far buyers' clocks are off at most, 0 to 2 s (0).")
    private double clockSkew;

    @Option(
            names = "--sybils",
            paramLabel = "N",
            description = "fairness: newcomers of one owner that bid too, for 10 lots (0).")
    private int sybils;

    /// Throws `IllegalArgumentException` when they do not fit.
    FairnessSettings settings(long seed, SharedOptions shared) {
        return new FairnessSettings(
                windows,
                seed,
                policy(shared.policy(Policy.SEALED.toString())),
                Duration.ofSeconds(windowSeconds),
                new Hardships(
                        arrivalTies,
                        relayDelay,
                        Duration.ofMillis(Math.round(clockSkew * 1_000)),
                        sybils));
    }

    private static Policy policy(String policy) {
        return Policy.parse(policy)
                .orElseThrow(() ->
                        new UserException(
                                "--policy '%s' is none of sealed, first-come and arrival-tie"
                                        .formatted(Printed.brief(policy))));
    }
}
