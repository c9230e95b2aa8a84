package org.p2prmb.node.handlers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Lines of UTF-8 text from a stream that may not say more than it is allowed to.
final class BoundedLines {
    private final InputStream in;
    private int bytesLeft;

    BoundedLines(InputStream in, int bytesMax) {
        this.in = new BufferedInputStream(in);
        this.bytesLeft = bytesMax;
    }

    /// The next line without its end; [EOFException] when there is none.
    String next() throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            var read = in.read();
            if (read == -1 && line.size() == 0) {
                throw new EOFException("no more lines");
            }
            if (read == -1 || read == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (--bytesLeft < 0) {
                throw new TooMuchException();
            }
            line.write(read);
        }
    }

    /// The stream said more than it was allowed to.
    static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
