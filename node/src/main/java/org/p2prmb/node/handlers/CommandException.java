package org.p2prmb.node.handlers;

import org.p2prmb.protocols.message.Answer;

/// A command's refusal or failure, with one of the codes that handlers have of their own.
public final class CommandException extends Exception {
    /// The arguments do not fit the command.
    public static final int ARGUMENTS = 1400;

    /// The handler has no grant for the command.
    public static final int NO_GRANT = 1403;

    /// What the arguments name is not known here.
    public static final int UNKNOWN = 1404;

    /// The command was tried and failed.
    public static final int FAILED = 1500;

    /// The handler took longer than its own deadline.
    public static final int LATE = 1504;

    private static final int CODE_MIN = 1000;
    private static final int CODE_MAX = 9999;
    private static final long serialVersionUID = 1L;

    private final int code;

    /// @param code 1000 to 9999; anything else counts as [#FAILED]
    public CommandException(int code, String message) {
        super(message);
        this.code = code >= CODE_MIN && code <= CODE_MAX ? code : FAILED;
    }

    /// What the caller of the command is told.
    public Answer answer() {
        return new Answer.Declined(code, String.valueOf(getMessage()));
    }

    static CommandException arguments(String message) {
        return new CommandException(ARGUMENTS, message);
    }

    public int code() {
        return code;
    }
}
