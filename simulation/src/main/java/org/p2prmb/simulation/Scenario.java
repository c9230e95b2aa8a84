package org.p2prmb.simulation;

import org.p2prmb.simulation.engine.Progress;

/// A network and what happens to it, ready to run once.
@FunctionalInterface
public interface Scenario {
    /// Runs to the end; throws [org.p2prmb.simulation.engine.Violation] when an invariant breaks.
    Report run(Progress progress);
}
