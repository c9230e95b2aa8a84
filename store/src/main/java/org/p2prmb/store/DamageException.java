package org.p2prmb.store;

/// The database file cannot be opened or failed its check, and must be replaced.
final class DamageException extends Exception {
    private static final long serialVersionUID = 1L;

    DamageException(String message) {
        super(message);
    }

    DamageException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
