package org.p2prmb.simulation.fairness;

/// The statistics of wins.
final class Figures {
    /// 99 % of a normal distribution lie within so many standard deviations.
    private static final double DEVIATIONS_99 = 2.575829;

    private Figures() {}

    /// @param low the smallest probability that fits what was seen, at 99 %
    record Interval(double low, double high) {}

    /// Wilson's interval of a probability, at 99 %.
    static Interval interval99(long wins, long of) {
        double share = (double) wins / of;
        double z = DEVIATIONS_99 * DEVIATIONS_99 / of;
        double middle = (share + z / 2) / (1 + z);
        double half = DEVIATIONS_99 * Math.sqrt((share * (1 - share) + z / 4) / of) / (1 + z);
        return new Interval(middle - half, middle + half);
    }

    /// How often chance alone makes wins that differ so much from the expected ones: Pearson's test
    /// with one degree of freedom less than there are buyers, an odd number of them.
    static double chiSquareP(long[] wins, double[] expected) {
        if (wins.length < 3 || wins.length % 2 == 0) {
            throw new IllegalArgumentException("an odd number of buyers");
        }
        double statistic = 0;
        for (int i = 0; i < wins.length; i++) {
            double off = wins[i] - expected[i];
            statistic += off == 0 ? 0 : off * off / expected[i];
        }
        // With an even number of degrees of freedom the tail is a finite sum.
        double term = 1;
        double sum = 1;
        for (int i = 1; i < (wins.length - 1) / 2; i++) {
            term *= statistic / 2 / i;
            sum += term;
        }
        return StrictMath.exp(-statistic / 2) * sum;
    }
}
