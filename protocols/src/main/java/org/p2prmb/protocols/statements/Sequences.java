package org.p2prmb.protocols.statements;

/// Numbers for our own statements, of which the highest wins at every receiver.
///
/// Safe for many threads.
public interface Sequences {
    int NAME_LENGTH_MAX = 64;

    /// A number higher than every one returned for this name before, in this run of the agent or
    /// an earlier one however it ended. Starts near the Unix time in milliseconds, so that numbers
    /// keep growing even when the data directory was lost. Gaps are normal.
    long next(String name);
}
