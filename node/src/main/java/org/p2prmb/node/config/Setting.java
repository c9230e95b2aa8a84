package org.p2prmb.node.config;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One setting: its key, how its texts become a value, and where that goes in the configuration.
///
/// @param separator between the items of a list in an environment variable; "" for a single value
/// @param parse throws `IllegalArgumentException` or [UserException] that names the rule
record Setting<T>(
        String key,
        String separator,
        Function<List<String>, T> parse,
        Function<T, List<String>> show,
        Function<AgentConfig, T> of,
        BiFunction<AgentConfig, T, AgentConfig> with) {

    static <T> Setting<T> single(
            String key,
            Function<String, T> parse,
            Function<T, String> show,
            Function<AgentConfig, T> of,
            BiFunction<AgentConfig, T, AgentConfig> with) {
        return new Setting<>(
                key,
                "",
                texts -> parse.apply(only(texts)),
                value -> List.of(show.apply(value)),
                of,
                with);
    }

    static <T> Setting<List<T>> list(
            String key,
            String separator,
            Function<String, T> parse,
            Function<T, String> show,
            Function<AgentConfig, List<T>> of,
            BiFunction<AgentConfig, List<T>, AgentConfig> with) {
        return new Setting<>(
                key,
                separator,
                texts -> texts.stream().map(parse).toList(),
                values -> values.stream().map(show).toList(),
                of,
                with);
    }

    /// `imAlive.interval` is `RMB_IM_ALIVE_INTERVAL` in the environment.
    String variable() {
        return "RMB_"
                + key.replaceAll("([a-z])([A-Z])", "$1_$2")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }

    /// What the environment variable's text says.
    List<String> split(String text) {
        return separator.isEmpty()
                ? List.of(text)
                : Stream.of(text.split(separator))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList();
    }

    AgentConfig apply(AgentConfig config, List<String> texts, String origin) {
        try {
            return with.apply(config, parse.apply(texts));
        } catch (IllegalArgumentException | UserException e) {
            throw new UserException(
                    "%s (%s): %s"
                            .formatted(key, origin, Printed.line(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    String shown(AgentConfig config) {
        var texts = show.apply(of.apply(config));
        return separator.isEmpty()
                ? texts.getFirst()
                : texts.stream().collect(Collectors.joining(", "));
    }

    private static String only(List<String> texts) {
        if (texts.size() != 1) {
            throw new IllegalArgumentException("one value is expected, not a list");
        }
        return texts.getFirst();
    }
}
