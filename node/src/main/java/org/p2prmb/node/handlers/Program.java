package org.p2prmb.node.handlers;

import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.WalletFile;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A program that runs, and the lines exchanged with it, all of them before one deadline.
///
/// Its output is polled: the reading of a pipe cannot be interrupted, and a child that has left the
/// program's process tree may hold the pipe open for ever.
final class Program implements AutoCloseable {
    private static final Duration POLL_MIN = Duration.ofMillis(1);
    private static final Duration POLL_MAX = Duration.ofMillis(10);
    private static final int CHUNK_BYTES = 8 * 1024;

    private final Process process;
    private final long end;
    private final BoundedLines lines;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private long errorBytes;

    private Program(Process process, int outputMax, Duration limit) {
        this.process = process;
        this.end = System.nanoTime() + limit.toNanos();
        this.lines = new BoundedLines(outputMax);
    }

    /// Starts it, without a shell and without the variables that may hold our passphrases.
    static Program start(List<String> commandLine, int outputMax, Duration limit)
            throws IOException {
        var builder = new ProcessBuilder(commandLine);
        builder.environment().remove(PassphraseSource.VARIABLE);
        builder.environment().remove(WalletFile.VARIABLE);
        return new Program(builder.start(), outputMax, limit);
    }

    /// The deadline has passed.
    static final class LateException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /// Writes a line. One that is not read any more is no failure: what the program has said by
    /// then is what counts.
    void send(String line) throws LateException, InterruptedException {
        var bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            inTime(() -> {
                process.getOutputStream().write(bytes);
                process.getOutputStream().flush();
                return true;
            });
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw new IllegalStateException("writing to a program failed", e.getCause());
            }
        }
    }

    /// Runs `work` on a thread of its own, which is interrupted at the deadline.
    <T> T inTime(Callable<T> work) throws LateException, ExecutionException, InterruptedException {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().name("for a program").start(task);
        try {
            return task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new LateException();
        } finally {
            task.cancel(true);
        }
    }

    /// The next line that it writes; [EOFException] when it ended without one.
    String receive() throws IOException, LateException, InterruptedException {
        var pause = POLL_MIN;
        while (true) {
            var line = lines.next();
            if (line.isPresent()) {
                return line.get();
            }
            // In this order: what it wrote before it ended is in the pipe by then.
            var ended = !process.isAlive();
            if (takeOutput()) {
                pause = POLL_MIN;
            } else if (ended) {
                return lines.rest().orElseThrow(() -> new EOFException("no more lines"));
            } else if (System.nanoTime() >= end) {
                throw new LateException();
            } else {
                process.waitFor(pause.toNanos(), TimeUnit.NANOSECONDS);
                pause = pause.compareTo(POLL_MAX) < 0 ? pause.multipliedBy(2) : POLL_MAX;
            }
        }
    }

    private boolean takeOutput() throws IOException {
        // First, so that a program is not kept waiting by errors that nobody reads.
        errorBytes += take(process.getErrorStream());
        var count = take(process.getInputStream());
        lines.add(chunk, count);
        return count > 0;
    }

    private int take(InputStream pipe) throws IOException {
        var count = Math.min(pipe.available(), chunk.length);
        return count > 0 ? pipe.read(chunk, 0, count) : 0;
    }

    /// How much it wrote to its standard error.
    long errorBytes() {
        return errorBytes;
    }

    /// Its exit code; call it when the program has ended.
    int exitCode() {
        return process.exitValue();
    }

    /// Kills it and its children. The pipes are left to the JDK, which closes them once the program
    /// has ended: closing one that a child still holds would wait for that child.
    @Override
    public void close() {
        var children = process.descendants().toList();
        process.toHandle().destroyForcibly(); // First, or it could start more of them.
        children.stream()
                .flatMap(child -> Stream.concat(child.descendants(), Stream.of(child)))
                .forEach(ProcessHandle::destroyForcibly);
    }
}
