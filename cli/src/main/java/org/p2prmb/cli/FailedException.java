package org.p2prmb.cli;

/// Something that the user wanted did not work out, through no mistake in what was written.
final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /// @param code one word for programs, such as `refused`
    FailedException(String code, String message) {
        super(message);
        this.code = code;
    }

    String code() {
        return code;
    }
}
