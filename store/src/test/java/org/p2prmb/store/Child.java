package org.p2prmb.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process of our own that runs one of the test programs, and its output line by line.
///
/// What it complains about goes to a file, so that a test that fails can tell.
final class Child implements AutoCloseable {
    private static final int LAST_WORDS_MAX = 8_000;

    private final Process process;
    private final Path complaints;
    private final BufferedReader output;

    Child(Class<?> program, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        complaints = Files.createTempFile("child", ".err");
        process = new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    long pid() {
        return process.pid();
    }

    /// The next line; fails when the program ended.
    String line() throws IOException {
        var line = output.readLine();
        if (line == null) {
            process.onExit().join();
            var said = Files.readString(complaints);
            throw new AssertionError(
                    "the child process ended early with status %d and said: %s"
                            .formatted(
                                    process.exitValue(),
                                    said.substring(0, Math.min(said.length(), LAST_WORDS_MAX))));
        }
        return line;
    }

    /// Kills the process as `kill -9` does; returns the complete lines that it still wrote.
    List<String> kill() throws IOException, InterruptedException {
        process.toHandle().destroyForcibly(); // Unlike the process, it leaves the pipe open.
        var rest = new StringBuilder();
        for (var read = output.read(); read >= 0; read = output.read()) {
            rest.append((char) read);
        }
        process.waitFor();
        var complete = rest.substring(0, rest.lastIndexOf("\n") + 1);
        return complete.lines().toList();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        Files.delete(complaints);
    }
}
