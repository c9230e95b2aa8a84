package org.p2prmb.protocols.search;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;
import java.util.stream.Stream;

/// Fuzz target of queries, answers and filters.
final class SearchFuzzTest {
    static Stream<byte[]> seeds() {
        var contact = Agents.contact(Agents.keys(1), 1, Agents.BARBER);
        var id = new QueryId(Bytes.wrap(new byte[QueryId.BYTES]));
        var answer = new SearchAnswer(id, List.of(contact), 3, 2, 1, false);
        return Stream.of(
                Untrusted.seed(1, SearchCodec.encode(answer)),
                Untrusted.seed(2, SearchCodec.encode(new FilterUpdate.Change(1, List.of(3, 9)))));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decodeOneOf(
                data,
                SearchCodec::decodeQuery,
                encoded ->
                        SearchCodec.decodeAnswer(
                                encoded,
                                envelope -> SignedContact.open(envelope, Untrusted.UNSIGNED)),
                SearchCodec::decodeFilter);
    }
}
