package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.time.Duration;

/// Serves `/rmb/search/1.0.0`: one query per stream, and its answers as they come.
public final class SearchServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/search/1.0.0";

    private static final Duration READ_LIMIT = Duration.ofSeconds(10);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(10);

    private final Responder responder;

    /// Finds the answer to a peer's query.
    @FunctionalInterface
    public interface Responder {
        /// Hands over each part of the answer; not longer than the query's wait by much.
        void answer(PeerId from, SearchQuery query, Parts parts)
                throws IOException, InterruptedException;
    }

    /// Where the parts of an answer go.
    @FunctionalInterface
    public interface Parts {
        void give(SearchAnswer part) throws IOException;
    }

    public SearchServer(Responder responder) {
        this.responder = responder;
    }

    @Override
    public void serve(Stream stream) throws IOException, InterruptedException {
        stream.deadline(READ_LIMIT);
        var query = SearchCodec.decodeQuery(Bytes.wrap(Frames.read(stream, SearchQuery.BYTES_MAX)));
        stream.deadline(query.patience().plus(WRITE_LIMIT));
        responder.answer(
                stream.remotePeer(),
                query,
                part -> Frames.write(stream, SearchCodec.encode(part).unsafeArray()));
        stream.closeWrite();
    }
}
