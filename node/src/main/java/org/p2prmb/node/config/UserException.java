package org.p2prmb.node.config;

/// A mistake of the user: its message is one line that says what to do about it.
///
/// The command line prints the message and ends with code 2; nobody sees a stack trace.
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
