package org.p2prmb.libp2p.sim;

import java.time.Duration;

/// What the network does to each event on its way.
///
/// @param loss probability that it never arrives
/// @param duplication probability that it arrives twice
/// @param reordering probability that it may overtake others of the same sender and receiver
/// @param delayMin the shortest way
/// @param delayMax the longest way, exclusive
public record Faults(
        double loss, double duplication, double reordering, Duration delayMin, Duration delayMax) {
    /// Everything arrives once and in order, after 1 to 50 ms.
    public static final Faults NONE =
            new Faults(0, 0, 0, Duration.ofMillis(1), Duration.ofMillis(50));

    /// A tenth is lost, a twentieth doubled, and a fifth may be late.
    public static final Faults MANY =
            new Faults(0.1, 0.05, 0.2, Duration.ofMillis(1), Duration.ofMillis(200));
}
