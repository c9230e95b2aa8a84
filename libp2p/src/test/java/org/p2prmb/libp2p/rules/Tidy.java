package org.p2prmb.libp2p.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The house style that a text search can check; every module's `TidyTest` runs it on its sources.
public final class Tidy {
    private static final int COLUMNS_MAX = 100;
    private static final int LINES_MAX = 400;

    /// What no Java source may hold, and what to write instead.
    private static final Map<Pattern, String> BANNED =
            Map.of(
                    Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"),
                    "finish it, or say in the docs what is missing",
                    Pattern.compile("Thread\\.sle" + "ep\\("),
                    "wait for the condition itself",
                    Pattern.compile("catch \\((final )?(Exception|Throwable|RuntimeException)\\b"),
                    "catch what can happen; only a line marked '// Supervisor' may catch all",
                    Pattern.compile("\\.printStack" + "Trace\\("),
                    "log it once, in a shell",
                    Pattern.compile("\t"),
                    "indent with spaces",
                    Pattern.compile("\\s+$"),
                    "no white space at the end of a line",
                    Pattern.compile("@Disab" + "led|assume(True|That)\\("),
                    "a test that skips silently is a defect",
                    Pattern.compile("\"/(work|root|home)/"),
                    "no paths of one machine");

    private Tidy() {}

    /// Every violation in `module`'s Java sources, as `file:line: what to do`.
    public static List<String> violations(Path module) throws IOException {
        var found = new ArrayList<String>();
        for (var file : javaFiles(module)) {
            check(module.relativize(file), Files.readAllLines(file), found);
        }
        missingPackageInfo(module, found);
        return found;
    }

    private static void check(Path file, List<String> lines, List<String> found) {
        if (lines.size() > LINES_MAX) {
            found.add("%s: %d lines, redesign before adding".formatted(file, lines.size()));
        }
        for (var number = 0; number < lines.size(); number++) {
            var line = lines.get(number);
            var where = file + ":" + (number + 1);
            if (line.length() > COLUMNS_MAX && !line.startsWith("import ")) {
                found.add(where + ": longer than " + COLUMNS_MAX + " columns");
            }
            if (line.endsWith("// Supervisor")) {
                continue;
            }
            BANNED.forEach((pattern, instead) -> {
                if (pattern.matcher(line).find()) {
                    found.add(where + ": " + instead);
                }
            });
        }
    }

    private static void missingPackageInfo(Path module, List<String> found) throws IOException {
        var main = module.resolve("src/main/java");
        for (var file : javaFiles(module)) {
            var info = file.resolveSibling("package-info.java");
            if (file.startsWith(main)
                    && !(Files.exists(info) && Files.readString(info).contains("@NullMarked"))) {
                found.add(module.relativize(info) + ": every package is @NullMarked");
            }
        }
    }

    private static List<Path> javaFiles(Path module) throws IOException {
        var files = new ArrayList<Path>();
        for (var root : List.of("src/main/java", "src/test/java")) {
            if (Files.exists(module.resolve(root))) {
                try (var walk = Files.walk(module.resolve(root))) {
                    walk.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .forEach(files::add);
                }
            }
        }
        return files;
    }
}
