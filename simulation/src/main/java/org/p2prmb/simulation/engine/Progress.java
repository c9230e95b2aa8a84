package org.p2prmb.simulation.engine;

/// Hears how far a run is.
@FunctionalInterface
public interface Progress {
    Progress UNWATCHED = _ -> {};

    /// @param share of the run that is over, from 0 to 1
    void passed(double share);
}
