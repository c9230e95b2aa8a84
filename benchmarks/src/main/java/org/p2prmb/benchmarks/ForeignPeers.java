package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Programs of other implementations that are run again and again until this is closed.
final class ForeignPeers implements AutoCloseable {
    private static final int RUN_SECONDS_MAX = 60;

    /// A program that was never built fails over and over, and nothing of it is measured.
    private static final int FAILURES_MAX = 3;

    private static final String ENDED_WELL = "exit 0";

    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> endings = new TreeMap<>(); // Guarded by itself.
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private volatile boolean closed;

    /// @param commands each a shell's line, in which `$ADDRESS` is `address`
    ForeignPeers(List<String> commands, String address) {
        for (var command : commands) {
            threads.add(Thread.ofVirtual().start(() -> repeat(command, address)));
        }
    }

    private void repeat(String command, String address) {
        var failures = 0;
        while (!closed && failures < FAILURES_MAX) {
            try {
                var ending = run(command, address);
                failures = ending.equals(ENDED_WELL) ? 0 : failures + 1;
                synchronized (endings) {
                    endings.merge(command + ": " + ending, 1, Integer::sum);
                }
            } catch (IOException e) {
                throw new IllegalStateException("no shell to run " + command, e);
            } catch (InterruptedException _) {
                return; // Closed while it ran.
            }
        }
        if (!closed) {
            failure.compareAndSet(
                    null, command + ": failed " + failures + " times in a row; is it built?");
        }
    }

    /// Throws a [WrongUse] when one of the programs does not work at all.
    void check() {
        var why = failure.get();
        if (why != null) {
            throw new WrongUse(why);
        }
    }

    private static String run(String line, String address)
            throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder("/bin/sh", "-c", "exec " + line)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("ADDRESS", address);
        var process = builder.start();
        try {
            return process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)
                    ? "exit " + process.exitValue()
                    : "did not end";
        } finally {
            process.destroyForcibly();
        }
    }

    /// How often each ended in what way.
    ObjectNode report() {
        var report = new ObjectMapper().createObjectNode();
        synchronized (endings) {
            endings.forEach(report::put);
        }
        return report;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
