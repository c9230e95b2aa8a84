package org.p2prmb.simulation.engine;

/// A broken [Invariant], or a machine that failed: the run ends, and the message holds its seed.
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }

    Violation(String message, Throwable cause) {
        super(message, cause);
    }
}
