package org.p2prmb.node.wallet;

import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WholeFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// A test's clock: a file with the seconds since 1970, read at each question. While it cannot be
/// read, time stands still.
final class FileClock implements InstantSource {
    private static final int BYTES_MAX = 64;

    private final Path file;
    private volatile Instant last;

    private FileClock(Path file, Instant first) {
        this.file = file;
        this.last = first;
    }

    /// Throws [UserException] when the file does not tell a time.
    static FileClock open(Path file) {
        try {
            return new FileClock(
                    file,
                    read(file)
                            .orElseThrow(() ->
                                    new UserException(
                                            "exchange.testClock: %s holds no seconds since 1970"
                                                    .formatted(file))));
        } catch (IOException e) {
            throw new UserException(
                    "exchange.testClock: cannot read %s (%s)".formatted(file, WholeFile.reason(e)),
                    e);
        }
    }

    @Override
    public Instant instant() {
        try {
            read(file).ifPresent(now -> last = now);
        } catch (IOException _) {
            // Whoever replaces the file may be half-way.
        }
        return last;
    }

    private static Optional<Instant> read(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            return Optional.empty();
        }
        var text = Files.readString(file).strip();
        return text.matches("[0-9]{1,11}")
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(text)))
                : Optional.empty();
    }
}
