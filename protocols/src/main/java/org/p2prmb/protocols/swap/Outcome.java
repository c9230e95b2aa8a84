package org.p2prmb.protocols.swap;

/// How a swap ended for us.
public enum Outcome {
    /// We have the other side's coins, buried.
    SETTLED(1),
    /// We have our own coins back, buried.
    REFUNDED(2),
    /// Nothing of ours was ever locked.
    ABORTED(3),
    /// The other side has both: a margin was too small, or we were down for too long.
    LOST(4);

    private final int number;

    Outcome(int number) {
        this.number = number;
    }

    /// By which the journal knows it.
    int number() {
        return number;
    }
}
