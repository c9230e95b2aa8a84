package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Programs of other implementations that are run again and again until this is closed.
final class ForeignPeers implements AutoCloseable {
    private static final int RUN_SECONDS_MAX = 60;

    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> endings = new TreeMap<>(); // Guarded by itself.
    private volatile boolean closed;

    /// @param commands each a shell's line, in which `$ADDRESS` is `address`
    ForeignPeers(List<String> commands, String address) {
        for (var command : commands) {
            threads.add(Thread.ofVirtual().start(() -> repeat(command, address)));
        }
    }

    private void repeat(String command, String address) {
        while (!closed) {
            try {
                var ending = run(command, address);
                synchronized (endings) {
                    endings.merge(command + ": " + ending, 1, Integer::sum);
                }
            } catch (IOException e) {
                throw new IllegalStateException("no shell to run " + command, e);
            } catch (InterruptedException _) {
                return; // Closed while it ran.
            }
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
