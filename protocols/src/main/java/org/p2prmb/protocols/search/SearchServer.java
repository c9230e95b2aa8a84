package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.time.Duration;

/// Serves `/rmb/search/1.0.0`: one query and one answer per stream.
public final class SearchServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/search/1.0.0";

    private static final Duration READ_LIMIT = Duration.ofSeconds(10);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(10);

    private final Responder responder;

    /// Finds the answer to a peer's query.
    @FunctionalInterface
    public interface Responder {
        /// Waits until the answer is there, not longer than the query's wait by much.
        SearchAnswer answer(PeerId from, SearchQuery query) throws InterruptedException;
    }

    public SearchServer(Responder responder) {
        this.responder = responder;
    }

    @Override
    public void serve(Stream stream) throws IOException, InterruptedException {
        stream.deadline(READ_LIMIT);
        var query = SearchCodec.decodeQuery(Bytes.wrap(Frames.read(stream, SearchQuery.BYTES_MAX)));
        var answer = responder.answer(stream.remotePeer(), query);
        stream.deadline(WRITE_LIMIT);
        Frames.write(stream, SearchCodec.encode(answer).unsafeArray());
        stream.closeWrite();
    }
}
