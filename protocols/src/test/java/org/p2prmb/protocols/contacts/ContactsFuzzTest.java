package org.p2prmb.protocols.contacts;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.protocols.Agents;

import java.util.List;
import java.util.stream.Stream;

/// Fuzz target of requests for contacts and their answers.
final class ContactsFuzzTest {
    static Stream<byte[]> seeds() {
        var contact = Agents.contact(Agents.keys(1), 1, Agents.BARBER);
        var exchange = new ContactsRequest.Exchange(contact, 3);
        var owner = new ContactsRequest.GetOwner(Agents.keys(2).publicKey());
        var records = new ContactsResponse.Records(List.of(contact));
        return Stream.of(
                Untrusted.seed(0, ContactsCodec.encode(exchange)),
                Untrusted.seed(0, ContactsCodec.encode(owner)),
                Untrusted.seed(1, ContactsCodec.encode(records)));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decodeOneOf(data, ContactsCodec::decodeRequest, ContactsCodec::decodeResponse);
    }
}
