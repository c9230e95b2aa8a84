package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.fairness.FairnessSettings;
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

    /// Throws `IllegalArgumentException` when they do not fit.
    FairnessSettings settings(long seed, SharedOptions shared) {
        return new FairnessSettings(
                windows,
                seed,
                policy(shared.policy(Policy.SEALED.toString())),
                Duration.ofSeconds(windowSeconds));
    }

    private static Policy policy(String policy) {
        return Policy.parse(policy)
                .orElseThrow(() ->
                        new UserException(
                                "--policy '%s' is none of sealed, first-come and arrival-tie"
                                        .formatted(Printed.brief(policy))));
    }
}
