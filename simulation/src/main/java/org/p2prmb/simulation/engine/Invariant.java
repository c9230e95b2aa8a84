package org.p2prmb.simulation.engine;

/// What must hold after every event.
@FunctionalInterface
public interface Invariant {
    /// Looks at the agent to which something just happened; throws [Violation] when it is broken.
    void check(Simulation simulation, int agent);
}
