package org.p2prmb.store;

/// The data directory is in use; the message names the process and says what to do.
public final class StoreLockedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreLockedException(String message) {
        super(message);
    }
}
