package org.p2prmb.libp2p.yamux;

import java.time.Duration;

/// Limits of one multiplexed connection.
///
/// @param inboundStreamsMax streams that the remote may have open; each may hold a window of
///     256 KiB of unread data, and whatever serves it. More are reset.
/// @param outboundStreamsMax streams that we may have open, further openers wait; rust-libp2p ends
///     a connection above 512 streams of both sides together
/// @param windowBytesMax how far the receive window of one stream may grow, which is the memory
///     that a slow reader of a fast stream may cost
/// @param keepAlive silence after which the remote is pinged; shorter finds the dead sooner
/// @param pingTimeout silence after a ping that ends the connection
/// @param writeTimeout how long one write to the channel may take before the connection ends
/// @param linger how long a stream that we closed waits for the remote to close it too
public record YamuxConfig(
        int inboundStreamsMax,
        int outboundStreamsMax,
        int windowBytesMax,
        Duration keepAlive,
        Duration pingTimeout,
        Duration writeTimeout,
        Duration linger) {
    private static final int STREAMS_MAX = 1 << 16;

    public YamuxConfig {
        check(inboundStreamsMax >= 0 && inboundStreamsMax <= STREAMS_MAX, "inboundStreamsMax");
        check(outboundStreamsMax > 0 && outboundStreamsMax <= STREAMS_MAX, "outboundStreamsMax");
        check(windowBytesMax >= ReceiveWindow.INITIAL_BYTES, "windowBytesMax below 256 KiB");
        check(keepAlive.isPositive(), "keepAlive");
        check(pingTimeout.isPositive(), "pingTimeout");
        check(writeTimeout.isPositive(), "writeTimeout");
        check(linger.isPositive(), "linger");
    }

    public static YamuxConfig defaults() {
        return new YamuxConfig(
                512,
                256,
                16 << 20,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
