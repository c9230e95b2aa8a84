package org.p2prmb.protocols.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

final class ContactsExchangeTest {
    private static final KeyPair ASKER = Agents.keys(1);
    private static final KeyPair AGENT = Agents.keys(2);
    private static final KeyPair OWNER = Agents.keys(3);
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final SignedContact OWN = Agents.contact(AGENT, 5, Agents.BARBER);

    private final MemoryContactBook book = new MemoryContactBook();
    private final MemoryOwnerBook owners = new MemoryOwnerBook();
    private final List<KeyPair> others = Agents.keys(10, 40);
    private final ContactsClient client = new ContactsClient(CLOCK);

    private ContactsServer server() {
        return new ContactsServer(
                () -> OWN,
                () -> others.stream().map(KeyPair::peerId).toList(),
                book,
                owners,
                new ContactIntake(AGENT.peerId(), book, CLOCK),
                CLOCK);
    }

    private ConnectionPair connected() {
        return new ConnectionPair(ASKER, AGENT).rightServes(ContactsServer.PROTOCOL, server());
    }

    private void rememberOthers() {
        for (var other : others) {
            book.remember(
                    List.of(
                            ContactIntake.contact(
                                    Agents.contact(other, 1), AddressScope.LOOPBACK, NOW)));
        }
    }

    @Test
    void anExchangeGivesTheOwnRecordAndSomeNeighbours() throws IOException {
        rememberOthers();
        book.hide(others.getFirst().peerId());
        try (var pair = connected()) {
            var records = client.exchange(pair.left(), Agents.contact(ASKER, 1), 16);
            assertThat(records).hasSize(17).startsWith(OWN).doesNotHaveDuplicates();
            assertThat(records)
                    .extracting(SignedContact::peer)
                    .doesNotContain(others.getFirst().peerId());
            assertThat(client.exchange(pair.left(), Agents.contact(ASKER, 1), 0))
                    .containsExactly(OWN);
        }
        assertThat(book.find(ASKER.peerId())).isPresent();
    }

    @Test
    void nobodyExchangesAnothersRecord() {
        try (var pair = connected()) {
            assertThatThrownBy(() -> client.exchange(pair.left(), Agents.contact(OWNER, 1), 0))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("400");
        }
        assertThat(book.size()).isZero();
    }

    @Test
    void aResponderThatGivesAnothersRecordAsItsOwnIsRefused() {
        try (var pair = new ConnectionPair(ASKER, OWNER)) {
            pair.rightServes(ContactsServer.PROTOCOL, server());
            assertThatThrownBy(() -> client.exchange(pair.left(), Agents.contact(ASKER, 1), 0))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("own record");
        }
    }

    @Test
    void anIntroducedAgentIsFoundByItsCondition() throws IOException {
        var condition = SearchCondition.of("barber");
        var barber = Agents.contact(others.getFirst(), 3, Agents.BARBER);
        try (var pair = connected()) {
            client.remember(pair.left(), List.of(barber, OWN), condition.conditionKey());
        }
        assertThat(book.forCondition(condition.conditionKey(), 9))
                .extracting(Contact::record)
                .containsExactly(barber.envelope());
        assertThat(book.find(AGENT.peerId())).as("its own record").isEmpty();
    }

    @Test
    void theOwnersRecordIsServed() throws IOException {
        var record =
                new OwnerRecord(
                        OWNER.publicKey(),
                        List.of(AGENT.peerId()),
                        List.of(),
                        1,
                        NOW.plusSeconds(60));
        var statement = OwnerStatement.countersign(record.seal(OWNER), AGENT);
        owners.putOwnerRecord(OWNER.publicKey(), 1, statement.envelope(), record.expiresAt());
        try (var pair = connected()) {
            assertThat(client.owner(pair.left(), OWNER.publicKey())).contains(statement);
            assertThat(client.owner(pair.left(), ASKER.publicKey())).isEmpty();
            var later = new ContactsClient(InstantSource.fixed(record.expiresAt()));
            assertThatThrownBy(() -> later.owner(pair.left(), OWNER.publicKey()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("expired");
        }
    }

    @Test
    void addressesAreKeptOnlyWhenTheirNetworkIsTheConnections() {
        var everywhere =
                List.of(
                        Multiaddr.parse("/ip4/8.8.8.8/tcp/1"),
                        Multiaddr.parse("/ip4/10.0.0.1/tcp/1"),
                        Multiaddr.parse("/ip4/127.0.0.1/tcp/1"),
                        Multiaddr.parse("/ip4/169.254.169.254/tcp/80"));
        var signed =
                SignedContact.seal(
                        new ContactRecord(
                                ASKER.peerId(),
                                1,
                                everywhere,
                                List.of(),
                                Duration.ofHours(1),
                                Instant.EPOCH,
                                Optional.empty(),
                                Optional.empty()),
                        ASKER);
        assertThat(ContactIntake.contact(signed, AddressScope.PUBLIC, NOW).addresses())
                .isEqualTo(everywhere.subList(0, 1));
        assertThat(ContactIntake.contact(signed, AddressScope.PRIVATE, NOW).addresses())
                .isEqualTo(everywhere.subList(0, 2));
        assertThat(ContactIntake.contact(signed, AddressScope.LOOPBACK, NOW).addresses())
                .isEqualTo(everywhere.subList(0, 3));
    }

    @Test
    void whoAsksTooOftenIsRefused() {
        try (var pair = connected()) {
            assertThatThrownBy(
                            () -> {
                                for (int time = 0; time < 51; time++) {
                                    client.owner(pair.left(), OWNER.publicKey());
                                }
                            })
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("429");
        }
    }

    @Test
    void aFrameOverTheLimitIsRefused() throws IOException {
        try (var pair = connected()) {
            var stream = pair.left().open(List.of(ContactsServer.PROTOCOL), Duration.ofSeconds(5));
            stream.write(Bytes.hex("818004").unsafeArray(), 0, 3); // 2^16 + 1
            assertThatThrownBy(() -> Frames.read(stream, 100)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void requestsAndResponsesComeBackAsTheyWereSent() throws ProtocolException {
        var contact = Agents.contact(ASKER, 1, Agents.BARBER);
        var requests =
                List.of(
                        new ContactsRequest.Exchange(contact, 16),
                        new ContactsRequest.Remember(
                                List.of(contact, OWN), Bytes.wrap(new byte[32])),
                        new ContactsRequest.GetOwner(OWNER.publicKey()));
        for (var request : requests) {
            assertThat(ContactsCodec.decodeRequest(ContactsCodec.encode(request)))
                    .isEqualTo(request);
        }
        var responses =
                List.of(
                        new ContactsResponse.Records(List.of(OWN, contact)),
                        new ContactsResponse.Refused(429, "slower"));
        for (var response : responses) {
            assertThat(ContactsCodec.decodeResponse(ContactsCodec.encode(response)))
                    .isEqualTo(response);
        }
    }

    @Test
    void mutatedFramesAreProtocolErrorsAndNothingElse() {
        var contact = Agents.contact(ASKER, 1, Agents.BARBER);
        var request =
                ContactsCodec.encode(
                        new ContactsRequest.Remember(
                                List.of(contact, OWN), Bytes.wrap(new byte[32])));
        var response = ContactsCodec.encode(new ContactsResponse.Records(List.of(OWN, contact)));
        Seeds.forEach(
                1000,
                random -> {
                    decode(
                            ContactsCodec::decodeRequest,
                            Seeds.mutate(random, request.unsafeArray()));
                    decode(
                            ContactsCodec::decodeResponse,
                            Seeds.mutate(random, response.unsafeArray()));
                });
    }

    @FunctionalInterface
    private interface Decoder {
        Object decode(Bytes encoded) throws ProtocolException;
    }

    private static void decode(Decoder decoder, byte[] mutant) {
        try {
            decoder.decode(Bytes.wrap(mutant));
        } catch (ProtocolException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }
}
