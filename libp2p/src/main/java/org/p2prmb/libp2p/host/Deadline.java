package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// One limit for a whole exchange on a raw channel: closes the channel when the time is up.
final class Deadline implements AutoCloseable {
    private final Duration limit;
    private final Future<?> alarm;
    private volatile boolean expired;

    private Deadline(ScheduledExecutorService timer, RawChannel channel, Duration limit) {
        this.limit = limit;
        this.alarm =
                timer.schedule(
                        () -> {
                            expired = true;
                            channel.close();
                        },
                        limit.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    static Deadline start(ScheduledExecutorService timer, RawChannel channel, Duration limit) {
        return new Deadline(timer, channel, limit);
    }

    /// The failure to report for `failure`: a closed channel is only how the time ran out.
    IOException explain(IOException failure) {
        if (!expired) {
            return failure;
        }
        var timeout = new SocketTimeoutException("no agreement within " + limit.toMillis() + " ms");
        timeout.initCause(failure);
        return timeout;
    }

    @Override
    public void close() {
        alarm.cancel(false);
    }
}
