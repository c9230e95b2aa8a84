package org.p2prmb.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Which version this is, as the build wrote it.
final class Version {
    private Version() {}

    static String text() {
        try (var resource = Version.class.getResourceAsStream("version")) {
            if (resource == null) {
                throw new IllegalStateException("the build left out the version");
            }
            return new String(resource.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String line() {
        return "rmb " + text();
    }
}
