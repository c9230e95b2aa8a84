package org.p2prmb.protocols.swap;

/// A chain's node did not answer, or not as a node does: nothing is known, and it is asked again.
public final class LedgerException extends Exception {
    private static final long serialVersionUID = 1;

    public LedgerException(String message) {
        super(message);
    }

    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
