package org.p2prmb.interop;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where `build-rust` put the Rust peer, if it could build it.
final class RustProgram {
    private static final Path NOTE = Path.of("target", "rust-underlayer.txt");
    private static final String MISSING = "missing";

    private RustProgram() {}

    /// The program. Throws when the build did not run or had no cargo.
    static Path path() throws IOException {
        var note = note();
        if (note.equals(MISSING)) {
            throw new IllegalStateException("there is no Rust peer: cargo is missing or too old");
        }
        return Path.of(note);
    }

    private static String note() throws IOException {
        if (!Files.exists(NOTE)) {
            throw new IllegalStateException("run interop-tests/build-rust, which mvn does, first");
        }
        return Files.readString(NOTE).strip();
    }

    /// Marks tests that talk to the Rust peer. Without cargo they are reported as skipped, each of
    /// them and with the reason; with `CI` set the build has failed long before.
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(Condition.class)
    @interface Needed {}

    /// Skips the tests one by one, so that the number of skipped tests is that of the tests.
    static final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                return context.getTestMethod().isPresent() && note().equals(MISSING)
                        ? ConditionEvaluationResult.disabled("cargo is missing or too old")
                        : ConditionEvaluationResult.enabled("there is a Rust peer");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
