package org.p2prmb.simulation.reputation;

/// What a client thinks of its candidates while it chooses.
final class Choice {
    private static final double REFUSED = -1;

    private final double[] scores;
    private final double[] ranks;
    private final boolean[] asked;

    Choice(int candidates) {
        scores = new double[candidates];
        ranks = new double[candidates];
        asked = new boolean[candidates];
    }

    /// By what is known without asking anybody.
    void looks(int candidate, double score) {
        scores[candidate] = score;
        ranks[candidate] = score;
    }

    /// Others were asked about it.
    void asked(int candidate, double score) {
        looks(candidate, score);
        asked[candidate] = true;
    }

    boolean wasAskedAbout(int candidate) {
        return asked[candidate];
    }

    void refuse(int candidate) {
        ranks[candidate] = REFUSED;
    }

    double score(int candidate) {
        return scores[candidate];
    }

    /// The best that was not refused, one not asked about before one that was; -1 for none.
    int best() {
        int best = -1;
        for (int candidate = 0; candidate < ranks.length; candidate++) {
            if (ranks[candidate] != REFUSED && (best < 0 || isBetter(candidate, best))) {
                best = candidate;
            }
        }
        return best;
    }

    private boolean isBetter(int candidate, int best) {
        if (ranks[candidate] != ranks[best]) {
            return ranks[candidate] > ranks[best];
        }
        return !asked[candidate] && asked[best];
    }
}
