package org.p2prmb.libp2p.websocket;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multistream.TokenInput;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// The head of an HTTP/1.1 request or response: its first line and its headers.
///
/// @param headers by their names in lower case; of one that is repeated the values are joined with
///     commas, as HTTP allows
record HttpHead(String line, Map<String, String> headers) {
    /// Browsers send about a kilobyte, cookies included.
    static final int BYTES_MAX = 8192;

    static final int HEADERS_MAX = 64;

    HttpHead {
        headers = Map.copyOf(headers);
    }

    /// Reads up to and including the empty line, and not a byte more. Throws when that does not
    /// come within [#BYTES_MAX] bytes.
    static HttpHead read(TokenInput input) throws IOException {
        var bytes = new Lines(input);
        var line = bytes.next();
        var headers = new LinkedHashMap<String, String>();
        for (var count = 0; ; count++) {
            var header = bytes.next();
            if (header.isEmpty()) {
                return new HttpHead(line, headers);
            }
            var colon = header.indexOf(':');
            if (colon < 1 || count == HEADERS_MAX || !isName(header.substring(0, colon))) {
                throw new ProtocolException("http: a malformed header, or too many");
            }
            headers.merge(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip(),
                    (one, other) -> one + ", " + other);
        }
    }

    /// No folded lines and no spaces before the colon, which others read in other ways.
    private static boolean isName(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /// True when the header is a list of which `token` is one, in whatever case.
    boolean lists(String name, String token) {
        return header(name).stream()
                .flatMap(value -> java.util.Arrays.stream(value.split(",", -1)))
                .anyMatch(part -> part.strip().equalsIgnoreCase(token));
    }

    static byte[] encode(String line, Map<String, String> headers) {
        var text = new StringJoiner("\r\n", "", "\r\n\r\n").add(line);
        headers.forEach((name, value) -> text.add(name + ": " + value));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The lines of a head, within its bound.
    private static final class Lines {
        private final TokenInput input;
        private int left = BYTES_MAX;

        Lines(TokenInput input) {
            this.input = input;
        }

        String next() throws IOException {
            var line = new StringBuilder();
            for (int one; (one = input.next()) != '\n'; line.append((char) one)) {
                if (--left == 0) {
                    throw new ProtocolException(
                            "http: a head of more than %d bytes".formatted(BYTES_MAX));
                }
                if (one < ' ' && one != '\r' && one != '\t') {
                    throw new ProtocolException("http: a control character in the head");
                }
            }
            left--;
            var end = line.length() - 1;
            if (end < 0 || line.charAt(end) != '\r' || line.indexOf("\r") != end) {
                throw new ProtocolException("http: a line that does not end in CR LF");
            }
            return line.substring(0, end);
        }
    }
}
