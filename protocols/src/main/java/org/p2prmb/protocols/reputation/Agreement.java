package org.p2prmb.protocols.reputation;

/// How often a reporter's word on others was borne out by our own experience afterwards.
///
/// @param agree how often it said what we then found
/// @param disagree how often it said the opposite
public record Agreement(int agree, int disagree) {
    /// With fewer comparisons a reporter is unknown.
    public static final int COMPARISONS_MIN = 3;

    public static final Agreement NONE = new Agreement(0, 0);

    /// Whether there are enough comparisons to judge the reporter.
    public boolean known() {
        return agree + disagree >= COMPARISONS_MIN;
    }

    /// (agree + 1) / (agree + disagree + 2).
    public double credibility() {
        return (agree + 1.0) / (agree + disagree + 2.0);
    }

    /// What a known reporter's word weighs: max(0, 2 credibility - 1).
    public double weight() {
        return known() ? Math.max(0, 2 * credibility() - 1) : 0;
    }
}
