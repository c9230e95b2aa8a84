package org.p2prmb.protocols.message;

/// A "no" on its way to the sender.
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    Refusal(ErrorCode code, String text) {
        super(text, null, false, false);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
