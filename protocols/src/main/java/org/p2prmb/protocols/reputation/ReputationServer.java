package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Serves `/rmb/reputation/1.0.0`: one request and one response per stream.
public final class ReputationServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/reputation/1.0.0";

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int REQUESTS_PER_SECOND = 10;
    private static final int REQUESTS_BURST = 50;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_THE_REPORTER = 403;
    private static final int NO_EXHIBIT = 404;
    private static final int TOO_OFTEN = 429;

    private static final Logger log = LoggerFactory.getLogger(ReputationServer.class);

    private final Desk desk;
    private final InstantSource clock;
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(REQUESTS_PER_SECOND, REQUESTS_BURST);

    /// What an agent does with such requests.
    public interface Desk {
        /// The reports on `subject` to tell others of.
        List<SignedReport> held(PeerId subject, int max);

        /// Takes a report from its reporter; the refusal, or an empty list of reports.
        ReputationResponse file(SignedReport report);

        /// An exhibit that we hold, by its hash.
        Optional<Bytes> exhibit(Bytes hash);
    }

    public ReputationServer(Desk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
    }

    @Override
    public void serve(Stream stream) throws IOException {
        stream.deadline(LIMIT);
        var encoded = Bytes.wrap(Frames.read(stream, ReputationRequest.BYTES_MAX));
        var response = respond(encoded, stream.remotePeer());
        if (response instanceof ReputationResponse.Refused(var code, _)) {
            log.debug("{} refused: {}", stream.remotePeer().shortText(), code);
        }
        Frames.write(stream, ReputationCodec.encode(response).unsafeArray());
        stream.closeWrite();
    }

    private ReputationResponse respond(Bytes encoded, PeerId asker) {
        if (!mayAsk(asker, clock.instant())) {
            return new ReputationResponse.Refused(TOO_OFTEN, "asked too often");
        }
        ReputationRequest request;
        try {
            request = ReputationCodec.decodeRequest(encoded);
        } catch (ProtocolException e) {
            return new ReputationResponse.Refused(BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        return switch (request) {
            case ReputationRequest.Held(var subject, var max) ->
                    new ReputationResponse.Reports(desk.held(subject, max));
            case ReputationRequest.File(var report) ->
                    report.report().reporter().equals(asker)
                            ? desk.file(report)
                            : new ReputationResponse.Refused(
                                    NOT_THE_REPORTER, "a report by somebody else");
            case ReputationRequest.Exhibit(var hash) ->
                    desk.exhibit(hash)
                            .<ReputationResponse>map(ReputationResponse.Shown::new)
                            .orElse(new ReputationResponse.Refused(NO_EXHIBIT, "no such exhibit"));
        };
    }

    private synchronized boolean mayAsk(PeerId peer, Instant now) {
        return buckets.take(peer, now);
    }
}
