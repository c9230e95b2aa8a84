package org.p2prmb.benchmarks;

/// Whoever called a benchmark can mend this; the message says how.
final class WrongUse extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongUse(String message) {
        super(message);
    }
}
