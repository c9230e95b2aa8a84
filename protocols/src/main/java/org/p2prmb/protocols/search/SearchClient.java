package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Asks one agent one query over one stream, and tells filters.
public final class SearchClient {
    /// What the way there and back may take beyond the wait that the query grants.
    private static final Duration WAY_MAX = Duration.ofSeconds(2);

    private static final Duration TELL_LIMIT = Duration.ofSeconds(5);

    /// Each has a record, apart from one that ends them.
    private static final int ANSWERS_MAX = SearchQuery.RESULTS_MAX + 1;

    private SearchClient() {}

    /// Takes the parts of an answer as they come.
    @FunctionalInterface
    public interface Parts {
        void take(SearchAnswer part) throws InterruptedException;
    }

    /// Hands over each part of the answer; throws [ProtocolException] when the agent breaks a rule.
    public static void ask(Connection connection, SearchQuery query, Parts parts)
            throws IOException, InterruptedException {
        var limit = query.patience().plus(WAY_MAX);
        try (var stream = connection.open(List.of(SearchServer.PROTOCOL), limit)) {
            stream.deadline(limit);
            Frames.write(stream, SearchCodec.encode(query).unsafeArray());
            stream.closeWrite();
            var records = 0;
            for (var count = 0; count < ANSWERS_MAX; count++) {
                var encoded = Frames.readOrEnd(stream, SearchAnswer.BYTES_MAX);
                if (encoded.isEmpty()) {
                    return;
                }
                var answer = SearchCodec.decodeAnswer(Bytes.wrap(encoded.get()));
                if (!answer.id().equals(query.id())) {
                    throw new ProtocolException("an answer to another query");
                }
                records += answer.records().size();
                if (records > query.resultsMax()) {
                    throw new ProtocolException("more records than were asked for");
                }
                parts.take(answer);
            }
        }
    }

    /// Tells a neighbour what has changed in our filter.
    public static void tell(Connection connection, FilterUpdate update) throws IOException {
        try (var stream = connection.open(List.of(FilterServer.PROTOCOL), TELL_LIMIT)) {
            stream.deadline(TELL_LIMIT);
            Frames.write(stream, SearchCodec.encode(update).unsafeArray());
        }
    }
}
