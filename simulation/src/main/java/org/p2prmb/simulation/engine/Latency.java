package org.p2prmb.simulation.engine;

import java.util.random.RandomGenerator;

/// How long a frame is under way: each pair has a distance of its own, each frame a little more.
///
/// Distances are log-normal as in measurements of the Internet: half of them below 40 ms one way,
/// from 2 to 250 ms. A frame takes up to a tenth longer; one in a hundred waits up to another
/// 100 ms in a queue.
final class Latency {
    private static final double MEDIAN_MICROS = 40_000;
    private static final double SPREAD = 0.7;
    private static final int MICROS_MIN = 2_000;
    private static final int MICROS_MAX = 250_000;
    private static final int QUANTILES = 1 << 12;
    private static final int QUEUED_ONE_IN = 100;
    private static final int QUEUED_MICROS_MAX = 100_000;
    private static final int LATE_MICROS_MAX = 300_000;

    private final int[] distances = new int[QUANTILES];
    private final long seed;
    private final RandomGenerator random;

    Latency(long seed, RandomGenerator random) {
        this.seed = seed;
        this.random = random;
        for (int quantile = 0; quantile < QUANTILES; quantile++) {
            double deviation = normalQuantile((quantile + 0.5) / QUANTILES);
            double micros = MEDIAN_MICROS * StrictMath.exp(SPREAD * deviation);
            distances[quantile] = (int) Math.clamp(micros, MICROS_MIN, MICROS_MAX);
        }
    }

    /// The inverse of the normal distribution, by bisection of a logistic fit: exact to a percent.
    private static double normalQuantile(double probability) {
        double low = -5;
        double high = 5;
        while (high - low > 1e-9) {
            double middle = (low + high) / 2;
            double scaled = 1.5976 * middle + 0.07056 * middle * middle * middle;
            if (1 / (1 + StrictMath.exp(-scaled)) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// The way of a signal between the two that waits nowhere.
    int distanceMicros(int one, int other) {
        long pair = (long) Math.min(one, other) << Integer.SIZE | Math.max(one, other);
        return distances[(int) (Mix.of(seed, pair) >>> (Long.SIZE - 12))];
    }

    /// The way of one frame.
    int frameMicros(int from, int to) {
        int distance = distanceMicros(from, to);
        int micros = distance + random.nextInt(distance / 10 + 1);
        return random.nextInt(QUEUED_ONE_IN) == 0
                ? micros + random.nextInt(QUEUED_MICROS_MAX)
                : micros;
    }

    /// How much later a frame comes that others may overtake.
    int lateMicros() {
        return random.nextInt(LATE_MICROS_MAX);
    }
}
