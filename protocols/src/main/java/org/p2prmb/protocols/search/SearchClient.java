package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Asks one neighbour one query over one stream.
public final class SearchClient {
    /// What the way there and back may take beyond the wait that the query grants.
    private static final Duration WAY_MAX = Duration.ofSeconds(2);

    private SearchClient() {}

    /// The neighbour's answer; throws [ProtocolException] when it breaks a rule.
    public static SearchAnswer ask(Connection connection, SearchQuery query) throws IOException {
        var limit = query.patience().plus(WAY_MAX);
        try (var stream = connection.open(List.of(SearchServer.PROTOCOL), limit)) {
            stream.deadline(limit);
            Frames.write(stream, SearchCodec.encode(query).unsafeArray());
            stream.closeWrite();
            var encoded = Bytes.wrap(Frames.read(stream, SearchAnswer.BYTES_MAX));
            var answer = SearchCodec.decodeAnswer(encoded);
            if (!answer.id().equals(query.id())) {
                throw new ProtocolException("an answer to another query");
            }
            if (answer.records().size() > query.resultsMax()) {
                throw new ProtocolException("more records than were asked for");
            }
            return answer;
        }
    }
}
