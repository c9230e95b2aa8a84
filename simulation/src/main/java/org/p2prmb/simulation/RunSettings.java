package org.p2prmb.simulation;

import java.time.Duration;

/// What every scenario needs to know.
///
/// @param agents 2 to 200,000
/// @param seed from which everything random comes
/// @param minutes virtual time that is measured, 1 to 720; a scenario may warm up before
/// @param loss the probability that a frame is lost, 0 to 0.5
public record RunSettings(int agents, long seed, int minutes, double loss, Crypto crypto) {
    public static final int AGENTS_MIN = 2;
    public static final int AGENTS_MAX = 200_000;
    public static final int MINUTES_MAX = 720;
    public static final double LOSS_MAX = 0.5;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public RunSettings {
        if (agents < AGENTS_MIN || agents > AGENTS_MAX) {
            throw new IllegalArgumentException("2 to 200,000 agents");
        }
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw new IllegalArgumentException("1 to 720 minutes");
        }
        if (!(loss >= 0 && loss <= LOSS_MAX)) {
            throw new IllegalArgumentException("a loss of 0 to 50 percent");
        }
    }

    public static RunSettings of(int agents, long seed, int minutes) {
        return new RunSettings(agents, seed, minutes, 0, Crypto.fitting(agents));
    }

    public RunSettings withLoss(double changed) {
        return new RunSettings(agents, seed, minutes, changed, crypto);
    }

    public RunSettings withCrypto(Crypto changed) {
        return new RunSettings(agents, seed, minutes, loss, changed);
    }

    public Duration time() {
        return Duration.ofMinutes(minutes);
    }
}
