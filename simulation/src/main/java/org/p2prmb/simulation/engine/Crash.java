package org.p2prmb.simulation.engine;

/// What the others notice of a crash at once.
public enum Crash {
    /// Nothing, as when the power fails: connections break when they have been silent for long.
    SILENT,
    /// Its connections are reset and new ones refused, as when the process is killed.
    RESET
}
