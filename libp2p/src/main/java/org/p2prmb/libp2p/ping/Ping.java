package org.p2prmb.libp2p.ping;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `/ipfs/ping/1.0.0`: 32 random bytes go out and come back, as often as one likes.
///
/// See the [specification](https://github.com/libp2p/specs/blob/master/ping/ping.md).
public final class Ping {
    public static final String PROTOCOL = "/ipfs/ping/1.0.0";

    private static final int PAYLOAD_BYTES = 32;

    private Ping() {}

    /// Round trips, `count` of them one after the other on one stream, all within `limit`.
    ///
    /// go-libp2p ends a ping stream after 30 seconds: measure again for longer series.
    public static List<Duration> measure(Connection connection, int count, Duration limit)
            throws IOException {
        if (count < 1) {
            throw new IllegalArgumentException("count must be positive");
        }
        var random = new SecureRandom();
        var roundTrips = new ArrayList<Duration>();
        var end = System.nanoTime() + limit.toNanos();
        try (var stream = connection.open(List.of(PROTOCOL), limit)) {
            stream.deadline(Duration.ofNanos(end - System.nanoTime()));
            for (var i = 0; i < count; i++) {
                roundTrips.add(roundTrip(stream, random));
            }
        }
        return List.copyOf(roundTrips);
    }

    private static Duration roundTrip(Stream stream, SecureRandom random) throws IOException {
        var sent = new byte[PAYLOAD_BYTES];
        random.nextBytes(sent);
        var start = System.nanoTime();
        stream.write(sent, 0, sent.length);
        var received = new byte[PAYLOAD_BYTES];
        if (!readPayload(stream, received)) {
            throw new EOFException("the remote ended the ping");
        }
        var roundTrip = Duration.ofNanos(System.nanoTime() - start);
        if (!Arrays.equals(sent, received)) {
            stream.reset();
            throw new ProtocolException("the remote answered a ping with other bytes");
        }
        return roundTrip;
    }

    /// False when the remote ended the stream between two payloads.
    private static boolean readPayload(Stream stream, byte[] into) throws IOException {
        var filled = 0;
        while (filled < into.length) {
            var count = stream.read(into, filled, into.length - filled);
            if (count < 0 && filled == 0) {
                return false;
            }
            if (count < 0) {
                throw new EOFException("the stream ended in a ping");
            }
            filled += count;
        }
        return true;
    }

    /// Answers pings; how many streams of a peer, the host's resource limits say.
    public static final class Responder implements StreamHandler {
        /// A peer that stays silent for longer has to open a new stream.
        private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

        @Override
        public void serve(Stream stream) throws IOException {
            var payload = new byte[PAYLOAD_BYTES];
            stream.deadline(SILENCE_MAX);
            while (readPayload(stream, payload)) {
                stream.write(payload, 0, payload.length);
                stream.deadline(SILENCE_MAX);
            }
        }
    }
}
