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
        var work = new Work(Thread.currentThread());
        Thread.ofVirtual().name("search withdrawal").start(() -> work.watch(stream));
        try {
            responder.answer(
                    stream.remotePeer(),
                    query,
                    part -> Frames.write(stream, SearchCodec.encode(part).unsafeArray()));
        } finally {
            work.ends();
        }
        stream.closeWrite();
    }

    /// The work on one query, which ends early when its asker resets the stream.
    private static final class Work {
        private final Thread worker;
        private boolean over;

        Work(Thread worker) {
            this.worker = worker;
        }

        /// Nothing follows a query: what can still come is the asker's end of stream, or a reset.
        void watch(Stream stream) {
            try {
                stream.read(new byte[1], 0, 1);
            } catch (IOException e) {
                stop();
            }
        }

        private synchronized void stop() {
            if (!over) {
                worker.interrupt();
            }
        }

        synchronized void ends() {
            over = true;
        }
    }
}
