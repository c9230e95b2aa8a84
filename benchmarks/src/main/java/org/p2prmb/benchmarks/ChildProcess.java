package org.p2prmb.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process of its own, mostly a JVM with one of our programs, that is asked and answers in lines.
final class ChildProcess implements AutoCloseable {
    private static final int EXIT_SECONDS_MAX = 10;

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    ChildProcess(Class<?> program, String... arguments) throws IOException {
        this("1g", program, arguments);
    }

    /// Any other program that is asked and answers in the same way.
    ChildProcess(List<String> command) throws IOException {
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        out = process.inputReader(StandardCharsets.UTF_8);
        in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// @param heap the most that its Java objects may take, as `-Xmx` has it
    ChildProcess(String heap, Class<?> program, String... arguments) throws IOException {
        this(java(heap, program, arguments));
    }

    private static List<String> java(String heap, Class<?> program, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + heap, "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("--sun-misc-unsafe-memory-access=allow"));
        // Whoever asks is to notice, not only the thread that it happens to.
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    long pid() {
        return process.pid();
    }

    String line() throws IOException {
        var line = out.readLine();
        if (line == null) {
            throw new EOFException("the child process ended");
        }
        return line;
    }

    String ask(String question) throws IOException {
        in.write(question);
        in.newLine();
        in.flush();
        return line();
    }

    /// User and system time that the process has used.
    double cpuSeconds() {
        return process.info().totalCpuDuration().map(used -> used.toNanos() / 1e9).orElse(0.0);
    }

    /// Ends the process as `kill -9` does.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            in.close();
        }
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        out.close();
    }
}
