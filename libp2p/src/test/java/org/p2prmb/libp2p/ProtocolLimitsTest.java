package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The limits that part 1 of docs/protocol.md names are those of the code.
final class ProtocolLimitsTest {
    private static final Pattern ROW =
            Pattern.compile("\\| [^|]+ \\| (-?\\d+)( \\w+)? \\| `([\\w.$]+)\\.(\\w+)` \\|");

    /// A row of the table: where the code has the limit, and what the document says.
    record Limit(String owner, String name, long value, String unit) {}

    static Stream<Limit> limits() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "protocol.md")).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> {
                    var unit = row.group(2) == null ? "" : row.group(2).strip();
                    return new Limit(
                            row.group(3), row.group(4), Long.parseLong(row.group(1)), unit);
                });
    }

    @ParameterizedTest
    @MethodSource("limits")
    void theDocumentSaysWhatTheCodeDoes(Limit limit) throws ReflectiveOperationException {
        var inCode =
                switch (inCode(limit)) {
                    case Duration time -> time.toMillis();
                    case Number number -> number.longValue();
                    case Object other -> throw new AssertionError("no limit: " + other);
                };
        assertThat(inCode).isEqualTo(limit.value() * factor(limit.unit()));
    }

    @Test
    void theTableIsFound() throws IOException {
        assertThat(limits()).hasSizeGreaterThan(90);
    }

    /// A constant, or a component of a record's defaults.
    private static Object inCode(Limit limit) throws ReflectiveOperationException {
        var owner = Class.forName("org.p2prmb.libp2p." + limit.owner());
        if (limit.name().equals(limit.name().toUpperCase(Locale.ROOT))) {
            var constant = owner.getDeclaredField(limit.name());
            constant.setAccessible(true);
            return constant.get(null);
        }
        var component = owner.getDeclaredMethod(limit.name());
        return component.invoke(owner.getDeclaredMethod("defaults").invoke(null));
    }

    private static long factor(String unit) {
        return switch (unit) {
            case "", "bytes", "bits", "ms" -> 1;
            case "s" -> 1000;
            case "KiB" -> 1 << 10;
            case "MiB" -> 1 << 20;
            default -> throw new AssertionError("no unit: " + unit);
        };
    }
}
