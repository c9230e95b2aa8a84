package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Serves any number of requests on each stream, one after the other; what is wrong resets it.
final class KadServer implements StreamHandler {
    static final int STREAMS_PER_PEER_MAX = 32;

    /// The longest request that is read, in bytes: no value or address list that we keep is longer.
    static final int REQUEST_MAX = 64 * 1024;

    private static final Duration IDLE_MAX = Duration.ofMinutes(1);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final int REQUESTS_PER_SECOND = 100;
    private static final int REQUESTS_BURST = 500;

    private final Responses responses;
    private final InstantSource clock;
    private final ConcurrentMap<PeerId, Integer> streams = new ConcurrentHashMap<>();
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(REQUESTS_PER_SECOND, REQUESTS_BURST);

    /// Answers requests; empty when there is nothing to say and nothing wrong.
    interface Responses {
        /// @param over the remote end of the connection that it came over
        ///
        /// Throws [IOException] when the request is refused.
        Optional<KadMessage> respond(
                PeerId from, Multiaddr over, KadMessage request, Duration limit)
                throws IOException, InterruptedException;
    }

    KadServer(Responses responses, InstantSource clock) {
        this.responses = responses;
        this.clock = clock;
    }

    @Override
    public void serve(Stream stream) throws IOException, InterruptedException {
        var peer = stream.remotePeer();
        try {
            if (streams.merge(peer, 1, Integer::sum) > STREAMS_PER_PEER_MAX) {
                throw new ProtocolException("too many streams");
            }
            stream.deadline(IDLE_MAX);
            var request = Frames.readOrEnd(stream, REQUEST_MAX);
            while (request.isPresent()) {
                stream.deadline(ANSWER_MAX);
                serve(stream, request.get());
                stream.deadline(IDLE_MAX);
                request = Frames.readOrEnd(stream, REQUEST_MAX);
            }
        } finally {
            streams.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private void serve(Stream stream, byte[] encoded) throws IOException, InterruptedException {
        var peer = stream.remotePeer();
        if (!mayAsk(peer)) {
            throw new ProtocolException("asked too often");
        }
        var request = KadClient.told(KadCodec.decode(encoded), stream.connection());
        var over = stream.connection().remoteAddress();
        var response = responses.respond(peer, over, request, ANSWER_MAX);
        if (response.isPresent()) {
            Frames.write(stream, KadCodec.encode(response.get()).unsafeArray());
        }
    }

    private synchronized boolean mayAsk(PeerId peer) {
        return buckets.take(peer, clock.instant());
    }
}
