package org.p2prmb.node.handlers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/// Lines of UTF-8 text, made of bytes as they come, from one who may not say more than is allowed.
final class BoundedLines {
    private final ArrayDeque<String> complete = new ArrayDeque<>();
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private int bytesLeft;

    BoundedLines(int bytesMax) {
        this.bytesLeft = bytesMax;
    }

    /// Takes in the first `length` of `bytes`.
    void add(byte[] bytes, int length) throws TooMuchException {
        if (length > bytesLeft) {
            throw new TooMuchException();
        }
        bytesLeft -= length;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                complete.add(takeBegun());
            } else {
                begun.write(bytes[i]);
            }
        }
    }

    /// The next complete line without its end.
    Optional<String> next() {
        return Optional.ofNullable(complete.poll());
    }

    /// The last line, when nothing more comes and its end is missing.
    Optional<String> rest() {
        return begun.size() == 0 ? Optional.empty() : Optional.of(takeBegun());
    }

    private String takeBegun() {
        var line = begun.toString(StandardCharsets.UTF_8);
        begun.reset();
        return line;
    }

    /// More was said than is allowed.
    static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
