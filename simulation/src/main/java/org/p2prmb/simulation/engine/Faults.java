package org.p2prmb.simulation.engine;

/// What the network does to each frame on its way; all are probabilities from 0 to 1.
///
/// @param loss that it never arrives; the connection stays up
/// @param duplication that it arrives twice
/// @param reordering that it is late, and others of its connection overtake it
public record Faults(double loss, double duplication, double reordering) {
    /// Everything arrives once and in order.
    public static final Faults NONE = new Faults(0, 0, 0);

    /// Throws `IllegalArgumentException` when one is no probability.
    public Faults {
        check(loss, "loss");
        check(duplication, "duplication");
        check(reordering, "reordering");
    }

    /// Only loss.
    public static Faults loss(double probability) {
        return new Faults(probability, 0, 0);
    }

    private static void check(double probability, String what) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(what + " is a probability from 0 to 1");
        }
    }
}
