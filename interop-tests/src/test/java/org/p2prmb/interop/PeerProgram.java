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
import java.util.Map;

/// A peer of another implementation, and where the build put its program, if it could.
enum PeerProgram {
    RUST("rust-underlayer", "build-rust", "cargo is missing or too old"),
    RUST_MATRIX("rust-peer", "build-rust", "cargo is missing or too old"),
    JS("js-peer", "build-js", "Node.js or npm is missing or too old"),
    JS_MATRIX("js-matrix-peer", "build-js", "Node.js or npm is missing or too old");

    private static final String MISSING = "missing";

    private final Path note;
    private final String script;
    private final String whyMissing;

    PeerProgram(String name, String script, String whyMissing) {
        this.note = Path.of("target", name + ".txt");
        this.script = script;
        this.whyMissing = whyMissing;
    }

    /// The program. Throws when the build did not run or could not build it.
    Path path() throws IOException {
        if (isMissing()) {
            throw new IllegalStateException(whyMissing);
        }
        return Path.of(read());
    }

    private boolean isMissing() throws IOException {
        return read().equals(MISSING);
    }

    private String read() throws IOException {
        if (!Files.exists(note)) {
            throw new IllegalStateException(
                    "run interop-tests/" + script + ", which mvn does, first");
        }
        return Files.readString(note).strip();
    }

    /// Whether nothing may be skipped, in a run of `environment`: as the scripts have it.
    static boolean nothingSkipped(Map<String, String> environment) {
        return !environment.getOrDefault("CI", "").isEmpty();
    }

    /// Marks tests that talk to these peers. Without their toolchains the tests are reported as
    /// skipped, each of them and with the reason; with `CI` set they fail.
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(Condition.class)
    @interface Needed {
        PeerProgram[] value();
    }

    /// Skips the tests one by one, so that the number of skipped tests is that of the tests.
    static final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (context.getTestMethod().isEmpty()) {
                return ConditionEvaluationResult.enabled("its tests are looked at");
            }
            var needed = context.getRequiredTestClass().getAnnotation(Needed.class);
            try {
                for (var program : needed.value()) {
                    if (program.isMissing()) {
                        return without(program, System.getenv());
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return ConditionEvaluationResult.enabled("the peers are there");
        }

        /// What becomes of a test whose peer there is not: it is skipped, or throws.
        static ConditionEvaluationResult without(
                PeerProgram program, Map<String, String> environment) {
            if (nothingSkipped(environment)) {
                throw new IllegalStateException(
                        "with CI set no test is skipped: " + program.whyMissing);
            }
            return ConditionEvaluationResult.disabled(program.whyMissing);
        }
    }
}
