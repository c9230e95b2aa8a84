package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SignedDelegation;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// What one agent tells another: a request, its response, or an error; it counts only as a
/// [SignedMessage].
///
/// @param source the sender
/// @param schema media type of the payload, 1 to 128 bytes
/// @param payload at most [#PAYLOAD_BYTES_MAX]
/// @param delegation shows for whom the source acts
public record RmbMessage(
        Header header,
        PeerId source,
        Kind kind,
        String schema,
        Bytes payload,
        Optional<SignedDelegation> delegation) {
    public static final String JSON = "application/json";
    public static final int SCHEMA_BYTES_MAX = 128;

    /// Leaves room in a frame of 1 MiB for header, signature, delegation and seal.
    public static final int PAYLOAD_BYTES_MAX = 1024 * 1024 - 16 * 1024;

    public static final int ERROR_TEXT_BYTES_MAX = 1024;
    private static final Pattern COMMAND = Pattern.compile("[a-z0-9._-]{1,128}");

    /// What a message is about.
    public sealed interface Kind {
        /// "Do this"; 1 to 128 characters of `[a-z0-9._-]`.
        record Request(String command) implements Kind {
            public Request {
                Limits.require(
                        COMMAND.matcher(command).matches(),
                        "a command is 1 to 128 characters of a-z 0-9 . _ -");
            }
        }

        /// "It is done, the payload is the result."
        record Response() implements Kind {}

        /// "It was not done": an [ErrorCode]'s number or one of the handler's own, and at most 1024
        /// bytes of text for people.
        record Failure(int code, String text) implements Kind {
            public Failure {
                Limits.require(code > 0, "an error's code is positive");
                Limits.require(
                        text.getBytes(StandardCharsets.UTF_8).length <= ERROR_TEXT_BYTES_MAX,
                        "an error's text is longer than 1024 bytes");
            }

            /// A failure with as much of the text as fits.
            static Failure of(int code, String text) {
                var fits = ERROR_TEXT_BYTES_MAX / 3; // A UTF-16 unit is at most 3 bytes of UTF-8.
                return new Failure(code, text.length() > fits ? text.substring(0, fits) : text);
            }

            static Failure of(ErrorCode code, String text) {
                return of(code.number(), text);
            }
        }
    }

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public RmbMessage {
        checkSchema(schema);
        Limits.require(payload.size() <= PAYLOAD_BYTES_MAX, "the payload is too large");
    }

    public static boolean isCommand(String text) {
        return COMMAND.matcher(text).matches();
    }

    static void checkSchema(String schema) {
        Limits.require(
                !schema.isEmpty()
                        && schema.getBytes(StandardCharsets.UTF_8).length <= SCHEMA_BYTES_MAX,
                "a schema has 1 to 128 bytes");
    }
}
