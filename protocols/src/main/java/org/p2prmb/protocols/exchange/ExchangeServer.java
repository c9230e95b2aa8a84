package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Serves `/rmb/exchange/1.0.0`: one request and one response per stream.
public final class ExchangeServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/exchange/1.0.0";

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int REQUESTS_PER_SECOND = 20;
    private static final int REQUESTS_BURST = 200;
    private static final Logger log = LoggerFactory.getLogger(ExchangeServer.class);

    private final Desk desk;
    private final InstantSource clock;
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(REQUESTS_PER_SECOND, REQUESTS_BURST);

    /// What an agent does with such requests.
    @FunctionalInterface
    public interface Desk {
        /// @param from who asks, proven by the connection; statements in the request are verified,
        ///     and those that only their author may tell are its own
        ExchangeResponse answer(PeerId from, ExchangeRequest request) throws InterruptedException;
    }

    public ExchangeServer(Desk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
    }

    @Override
    public void serve(Stream stream) throws IOException, InterruptedException {
        stream.deadline(LIMIT);
        var from = stream.remotePeer();
        ExchangeResponse response;
        if (mayAsk(from, clock.instant())) {
            var encoded = Bytes.wrap(Frames.read(stream, ExchangeRequest.BYTES_MAX));
            response = respond(from, encoded);
        } else {
            response = new ExchangeResponse.Refused(Refusal.TOO_OFTEN); // Nothing is read.
        }
        if (response instanceof ExchangeResponse.Refused refused) {
            log.debug("{} refused: {}", from.shortText(), refused);
        }
        Frames.write(stream, ExchangeCodec.encode(response).unsafeArray());
        stream.closeWrite();
    }

    private ExchangeResponse respond(PeerId from, Bytes encoded) throws InterruptedException {
        ExchangeRequest request;
        try {
            request = ExchangeCodec.decodeRequest(encoded, Signatures.REAL);
        } catch (ProtocolException e) {
            return new ExchangeResponse.Refused(Refusal.MALFORMED, String.valueOf(e.getMessage()));
        }
        return isOwn(from, request)
                ? desk.answer(from, request)
                : new ExchangeResponse.Refused(Refusal.NOT_YOURS);
    }

    private static boolean isOwn(PeerId from, ExchangeRequest request) {
        return switch (request) {
            case ExchangeRequest.Wanted(var wanted) -> wanted.statement().author().equals(from);
            case ExchangeRequest.Committed(var commit) -> commit.statement().author().equals(from);
            case ExchangeRequest.Revealed(var reveal) -> reveal.statement().author().equals(from);
            case ExchangeRequest.Proven(var root, _) -> root.statement().author().equals(from);
            case ExchangeRequest.Concluded(var notice) -> notice.statement().author().equals(from);
            case ExchangeRequest.OfferAsked _,
                    ExchangeRequest.OffersAsked _,
                    ExchangeRequest.ProofAsked _,
                    ExchangeRequest.ResultAsked _,
                    ExchangeRequest.Claimed _ ->
                    true;
        };
    }

    private synchronized boolean mayAsk(PeerId peer, Instant now) {
        return buckets.take(peer, now);
    }
}
