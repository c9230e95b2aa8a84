package org.p2prmb.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

/// The options of a benchmark's command line.
final class Options {
    private Options() {}

    /// The number behind `name`, or `otherwise`.
    static int number(List<String> words, String name, int otherwise) {
        var at = words.indexOf(name);
        return at >= 0 && at + 1 < words.size() ? Integer.parseInt(words.get(at + 1)) : otherwise;
    }

    /// What is behind each `name`.
    static List<String> all(List<String> words, String name) {
        return IntStream.range(0, words.size() - 1)
                .filter(at -> words.get(at).equals(name))
                .mapToObj(at -> words.get(at + 1))
                .toList();
    }
}
