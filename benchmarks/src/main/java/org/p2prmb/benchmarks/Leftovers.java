package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// What a server process holds of peers that have gone.
final class Leftovers {
    private static final int SECONDS_MAX = 60;

    private Leftovers() {}

    /// Waits until `server` holds no connection and no stream, and reports what is more than there
    /// was `before` anybody came.
    static void await(ChildProcess server, ObjectNode before, ObjectNode report)
            throws IOException, InterruptedException {
        var start = System.nanoTime();
        var state = HostState.parse(server.ask("state"));
        while (!isNothing(state) && System.nanoTime() - start < SECONDS_MAX * 1_000_000_000L) {
            TimeUnit.MILLISECONDS.sleep(200);
            state = HostState.parse(server.ask("state"));
        }
        report.put("restSeconds", Measured.round((System.nanoTime() - start) / 1e9, 1));
        // Threads and buffers of the last connections end a moment after them.
        TimeUnit.SECONDS.sleep(2);
        state = HostState.parse(server.ask("rest"));
        var left = report.putObject("left");
        left.put("connections", state.path("connections").asInt());
        left.put("streams", state.path("streams").asInt());
        for (var held : state.path("resources").properties()) {
            left.put("resources-" + held.getKey(), held.getValue().asLong());
        }
        for (var name : new String[] {"fileDescriptors", "threads", "heapMiB"}) {
            left.put(name, state.path(name).asLong() - before.path(name).asLong());
        }
        report.set("refused", state.path("refused"));
        report.put("trimmed", state.path("trimmed").asLong());
    }

    /// Whether a server holds no connection, no stream and nothing else of any peer.
    static boolean isNothing(ObjectNode state) {
        for (var held : state.path("resources").properties()) {
            if (held.getValue().asLong() != 0) {
                return false;
            }
        }
        return state.path("connections").asInt() == 0 && state.path("streams").asInt() == 0;
    }
}
