import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Checks or rewrites the format of every Java file of the tree: `check` or `write`.
///
/// Runs in a process of its own on the toolchain's JDK, because the formatter uses that JDK's
/// compiler and the default `mvn` runs on an older one.
final class Format {
    private static final Set<String> SKIPPED = Set.of("target", ".git", "node_modules");

    public static void main(String[] args) throws IOException {
        var write = args.length == 1 && args[0].equals("write");
        var options =
                JavaFormatterOptions.builder()
                        .style(JavaFormatterOptions.Style.AOSP)
                        .formatJavadoc(false)
                        .build();
        var formatter = new Formatter(options);
        var wrong = 0;
        for (var file : javaFiles(Path.of("."))) {
            var source = Files.readString(file);
            try {
                var formatted = formatter.formatSourceAndFixImports(source);
                if (!formatted.equals(source)) {
                    if (write) {
                        Files.writeString(file, formatted);
                    } else {
                        wrong++;
                        System.err.println("not formatted: " + file);
                    }
                }
            } catch (FormatterException e) {
                wrong++;
                System.err.println(file + ": " + e.getMessage());
            }
        }
        if (wrong > 0) {
            System.err.println("Format with: mvn -q -N validate exec:exec@format -Dformat.skip");
            System.exit(1);
        }
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        var files = new ArrayList<Path>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        return SKIPPED.contains(folder.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.toString().endsWith(".java")) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return files;
    }
}
