package org.p2prmb.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// What the command line says behind the name of a benchmark: `--json`, and options with a value.
record Options(List<String> words) {
    static final String JSON = "--json";

    private static final Map<String, List<String>> OF =
            Map.of(
                    "transport", List.of("--rounds", "--versus"),
                    "liveness",
                            List.of(
                                    "--agents",
                                    "--hot",
                                    "--interval",
                                    "--settle",
                                    "--window",
                                    "--deaths"),
                    "store", List.of("--rows"),
                    "journal", List.of("--directory"),
                    "idle", List.of("--connections", "--seconds"),
                    "flood", List.of("--seconds"),
                    "churn", List.of("--minutes", "--seconds", "--peer"));

    /// A [WrongUse] says which word is no option of `benchmark`.
    static Options of(String benchmark, List<String> words) {
        var known = OF.get(benchmark);
        if (known == null) {
            throw new WrongUse(usage());
        }
        for (var at = 0; at < words.size(); at++) {
            var word = words.get(at);
            if (word.equals(JSON)) {
                continue;
            }
            if (!known.contains(word)) {
                throw new WrongUse(
                        "%s knows %s and %s, not %s"
                                .formatted(benchmark, JSON, String.join(", ", known), word));
            }
            if (++at == words.size()) {
                throw new WrongUse(word + " is followed by a value");
            }
        }
        return new Options(List.copyOf(words));
    }

    static String usage() {
        return "benchmarks/run "
                + String.join("|", new TreeSet<>(OF.keySet()))
                + " [--json] [options]";
    }

    boolean json() {
        return words.contains(JSON);
    }

    boolean has(String name) {
        return words.contains(name);
    }

    /// The positive number behind `name`, or `otherwise`.
    int number(String name, int otherwise) {
        return text(name).map(value -> positive(name, value)).orElse(otherwise);
    }

    private static int positive(String name, String value) {
        try {
            var number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new WrongUse(name + " is followed by a positive whole number, not " + value);
    }

    Optional<String> text(String name) {
        return all(name).stream().findFirst();
    }

    /// What is behind each `name`.
    List<String> all(String name) {
        return IntStream.range(0, words.size() - 1)
                .filter(at -> words.get(at).equals(name))
                .mapToObj(at -> words.get(at + 1))
                .toList();
    }
}
