package org.p2prmb.protocols.reputation;

/// What an agent's score is made of (docs/reputation.md).
///
/// @param ownGood our own good deals with it, faded: alpha
/// @param ownBad our own bad deals with it, faded: beta
/// @param knownGood sum of w² min(1, good) of the reporters that we know
/// @param knownBad sum of w² min(1, bad) of the reporters that we know
/// @param unknownGood sum of min(1, good) of the others that count
/// @param unknownBad sum of min(1, bad) of the others that count
/// @param settled verified settled swaps with distinct counterparties, faded: V+
/// @param faults sum of the verified faults, each deed once
/// @param deeds how many verified faults that are
public record Terms(
        double ownGood,
        double ownBad,
        double knownGood,
        double knownBad,
        double unknownGood,
        double unknownBad,
        double settled,
        double faults,
        int deeds) {
    /// All that reporters can do together whom we do not know.
    public static final double UNKNOWN_MAX = 0.5;

    /// What one of them can do.
    public static final double UNKNOWN_UNIT = 0.02;

    public static final double KNOWN_FACTOR = 0.5;
    public static final double SETTLED_MAX = 3;
    public static final double SETTLED_FACTOR = 0.5;
    public static final double FAULTS_MAX = 12;

    /// Nothing is known of it.
    public static final Terms NEWCOMER = new Terms(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// What the unknown add to one side.
    public static double unknown(double reporters) {
        return Math.min(UNKNOWN_MAX, UNKNOWN_UNIT * reporters);
    }

    /// What settled swaps add to the good.
    public double settledTerm() {
        return Math.min(SETTLED_MAX, SETTLED_FACTOR * StrictMath.log(1 + settled));
    }

    /// What verified faults add to the bad.
    public double faultsTerm() {
        return Math.min(FAULTS_MAX, faults);
    }

    /// G, all that speaks for it.
    public double good() {
        return ownGood + KNOWN_FACTOR * knownGood + unknown(unknownGood) + settledTerm();
    }

    /// B, all that speaks against it.
    public double bad() {
        return ownBad + KNOWN_FACTOR * knownBad + unknown(unknownBad) + faultsTerm();
    }

    /// (G + 1) / (G + 3 B + 2.5): 0.40 for a newcomer.
    public double score() {
        return score(good(), bad());
    }

    static double score(double good, double bad) {
        return (good + 1) / (good + 3 * bad + 2.5);
    }
}
