package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Serves `/rmb/swap/1.0.0`: one message on each stream, and an empty frame back once it is on our
/// disk. A stream that is reset, or ends without that frame, says that it is not (R31).
public final class SwapServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/swap/1.0.0";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MESSAGES_PER_SECOND = 2;
    private static final int MESSAGES_BURST = 20;
    private static final byte[] ACKNOWLEDGED = {};

    private final Desk desk;
    private final InstantSource clock;
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(MESSAGES_PER_SECOND, MESSAGES_BURST);

    /// Takes what a party says; on disk when it returns.
    @FunctionalInterface
    public interface Desk {
        /// Throws [ProtocolException] when it is not for `from` to say, or not true.
        void heard(PeerId from, TermsCodec.Told told) throws ProtocolException;
    }

    public SwapServer(Desk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
    }

    @Override
    public void serve(Stream stream) throws IOException {
        stream.deadline(LIMIT);
        if (!mayTell(stream.remotePeer(), clock.instant())) {
            throw new ProtocolException("told too often");
        }
        var told = TermsCodec.decode(Bytes.wrap(Frames.read(stream, TermsCodec.BYTES_MAX)));
        desk.heard(stream.remotePeer(), told);
        Frames.write(stream, ACKNOWLEDGED);
        stream.closeWrite();
    }

    private synchronized boolean mayTell(PeerId peer, Instant now) {
        return buckets.take(peer, now);
    }
}
