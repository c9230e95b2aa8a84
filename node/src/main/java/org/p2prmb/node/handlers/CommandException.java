package org.p2prmb.node.handlers;

/// A command's refusal or failure, with a code of `docs/protocol.md`, "Error codes".
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    public CommandException(int code, String message) {
        super(message);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
