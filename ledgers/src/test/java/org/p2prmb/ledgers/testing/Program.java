package org.p2prmb.ledgers.testing;

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
import java.util.List;
import java.util.Locale;

/// What tests run that Maven does not bring; `fetch-nodes` notes where it is, or why it is not.
public enum Program {
    ANVIL,
    LITECOIND,
    /// Runs the compiler of the contract.
    NODE,
    /// Makes a terminal.
    SCRIPT;

    private static final Path NOTES = Path.of("..", "ledgers", "target", "nodes");

    private List<String> note() {
        try {
            var lines = Files.readAllLines(NOTES.resolve(name().toLowerCase(Locale.ROOT) + ".txt"));
            return lines.isEmpty() ? List.of("missing") : lines;
        } catch (IOException e) {
            throw new UncheckedIOException("run ledgers/fetch-nodes, which mvn does, first", e);
        }
    }

    private boolean isMissing() {
        return note().getFirst().startsWith("missing");
    }

    /// The lines of its note: where it is, and what else it needs.
    public List<String> found() {
        if (isMissing()) {
            throw new IllegalStateException(note().getFirst());
        }
        return note();
    }

    /// Marks tests that run these programs. Where one is missing they are skipped, with the line
    /// that the build has printed; with `CI` set the build has failed before.
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(Condition.class)
    public @interface Needed {
        Program[] value();
    }

    static final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            var needed = context.getElement().map(it -> it.getAnnotation(Needed.class));
            for (var program : needed.map(Needed::value).orElse(new Program[0])) {
                if (program.isMissing()) {
                    return ConditionEvaluationResult.disabled(program.note().getFirst());
                }
            }
            return ConditionEvaluationResult.enabled("all that it runs is there");
        }
    }
}
