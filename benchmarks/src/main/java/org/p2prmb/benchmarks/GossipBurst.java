package org.p2prmb.benchmarks;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/// The deliveries of one burst of messages: how many there were, and how long each took.
final class GossipBurst {
    final int number;
    final int messages;

    private final int receivers;
    private final AtomicIntegerArray delivered;
    private final AtomicLongArray nanos;
    private final AtomicInteger total = new AtomicInteger();

    /// @param number tells this burst's messages from those of others
    /// @param receivers how many hosts each message must reach
    GossipBurst(int number, int messages, int receivers) {
        this.number = number;
        this.messages = messages;
        this.receivers = receivers;
        this.delivered = new AtomicIntegerArray(messages);
        this.nanos = new AtomicLongArray(messages * receivers);
    }

    void delivered(int message, long took) {
        var copy = delivered.getAndIncrement(message);
        if (copy < receivers) {
            nanos.set(message * receivers + copy, took);
            total.incrementAndGet();
        }
    }

    boolean complete() {
        return total.get() == messages * receivers;
    }

    int missing() {
        return messages * receivers - total.get();
    }

    /// Latency over all receivers of all messages that arrived, in milliseconds.
    double percentileMillis(double share) {
        var all = new long[messages * receivers];
        Arrays.setAll(all, nanos::get);
        return Measured.percentileMillis(all, share);
    }
}
