package org.p2prmb.simulation.reputation;

/// What one run counts.
final class Tallies {
    private final int lateFrom;
    private long deals;
    private long bad;
    private long lateDeals;
    private long lateBad;
    private long honestJudged;
    private long honestRefused;
    private long lateHonestJudged;
    private long lateHonestRefused;
    private long without;

    /// @param rounds of which the last quarter is late
    Tallies(int rounds) {
        lateFrom = rounds - rounds / 4;
    }

    void dealt(int round, boolean settled) {
        boolean late = round >= lateFrom;
        deals++;
        bad += settled ? 0 : 1;
        lateDeals += late ? 1 : 0;
        lateBad += late && !settled ? 1 : 0;
    }

    /// An honest agent looked at another honest one.
    void judgedHonest(int round, boolean refused) {
        boolean late = round >= lateFrom;
        honestJudged++;
        honestRefused += refused ? 1 : 0;
        lateHonestJudged += late ? 1 : 0;
        lateHonestRefused += late && refused ? 1 : 0;
    }

    void foundNobody() {
        without++;
    }

    double badRate() {
        return share(bad, deals);
    }

    double lateBadRate() {
        return share(lateBad, lateDeals);
    }

    double honestRefusedRate() {
        return share(honestRefused, honestJudged);
    }

    double lateHonestRefusedRate() {
        return share(lateHonestRefused, lateHonestJudged);
    }

    /// Of those who wanted a deal, the share that found nobody to deal with.
    double withoutRate() {
        return share(without, deals + without);
    }

    private static double share(long part, long all) {
        return all == 0 ? 0 : (double) part / all;
    }
}
