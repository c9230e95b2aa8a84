package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Stream;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/// Two streams that a relay has joined: what one remote writes, the other reads.
///
/// Each direction ends by itself. When a stream fails, the limit of bytes is passed or the time is
/// over, both are reset.
final class Circuit {
    private static final int BUFFER_BYTES = 8 * 1024;

    /// Streams need some deadline; this one is never met.
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Stream source;
    private final Stream destination;
    private final CircuitLimit limit;

    Circuit(Stream source, Stream destination, CircuitLimit limit) {
        this.source = source;
        this.destination = destination;
        this.limit = limit;
    }

    /// Copies on this thread and on one of `threads` until both directions have ended. Throws when
    /// they did not end in good order; both streams are reset then.
    void run(Executor threads) throws IOException, InterruptedException {
        var duration = limit.duration().isPositive() ? limit.duration() : FOREVER;
        source.deadline(duration);
        destination.deadline(duration);
        var back =
                new FutureTask<Void>(() -> {
                    copy(destination, source);
                    return null;
                });
        threads.execute(back);
        try {
            copy(source, destination);
        } finally {
            join(back);
        }
        destination.close();
    }

    private static void join(FutureTask<Void> task) throws InterruptedException, IOException {
        try {
            task.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException("a circuit broke: " + e.getCause(), e.getCause());
        }
    }

    private void copy(Stream from, Stream to) throws IOException {
        var done = false;
        try {
            var buffer = new byte[BUFFER_BYTES];
            var passed = 0L;
            for (int count; (count = from.read(buffer, 0, buffer.length)) >= 0; ) {
                passed += count;
                if (limit.bytesMax() > 0 && passed > limit.bytesMax()) {
                    throw new IOException("more than %d bytes".formatted(limit.bytesMax()));
                }
                to.write(buffer, 0, count);
            }
            to.closeWrite();
            done = true;
        } finally {
            if (!done) {
                source.reset();
                destination.reset();
            }
        }
    }
}
