package org.p2prmb.protocols.message;

import java.util.Arrays;
import java.util.Optional;

/// Why a message was not answered, as agents tell each other; handlers have 1000 to 9999 for
/// reasons of their own.
public enum ErrorCode {
    /// The message or its request does not keep the protocol's syntax.
    MALFORMED(400, true),
    /// The signature is wrong, or the source is not the one who signed or sent it.
    NOT_AUTHENTIC(401, true),
    /// The command is not open to this key.
    NOT_ALLOWED(403, true),
    /// No handler has this command.
    NO_HANDLER(404, true),
    /// The message's time is over.
    EXPIRED(408, true),
    /// The same uid is being handled now; ask again later.
    IN_PROGRESS(409, false),
    /// The same uid was being handled when the agent died: it may have acted, and will not again.
    OUTCOME_UNKNOWN(410, false),
    /// The answer does not fit into a message.
    TOO_LARGE(413, false),
    /// The seal cannot be opened: no sealing key, or not this one; read the contact record again.
    SEAL_UNREADABLE(415, true),
    /// The message is for another agent, and we carry none.
    WRONG_DESTINATION(421, true),
    /// The timestamp lies in the future; compare the clocks.
    TOO_EARLY(425, true),
    /// Too much to do, for all or for this sender; try again later.
    OVERLOADED(429, true),
    /// The handler failed for reasons of its own.
    HANDLER_FAILED(500, false),
    /// Something that this agent does not do.
    NOT_SUPPORTED(501, true),
    /// The receiver cannot be reached.
    OFFLINE(503, true),
    /// The handler took too long; it may still have acted.
    HANDLER_DEADLINE(504, false);

    private final int number;
    private final boolean untouched;

    ErrorCode(int number, boolean untouched) {
        this.number = number;
        this.untouched = untouched;
    }

    public int number() {
        return number;
    }

    /// True when no handler has run for this message, so it may be sent again.
    public boolean untouched() {
        return untouched;
    }

    /// Empty for handlers' own numbers and those of later versions.
    public static Optional<ErrorCode> of(int number) {
        return Arrays.stream(values()).filter(code -> code.number == number).findFirst();
    }
}
