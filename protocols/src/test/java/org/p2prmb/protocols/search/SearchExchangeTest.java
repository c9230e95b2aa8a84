package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.contacts.MemoryContactBook;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.SearchWire;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

final class SearchExchangeTest {
    private static final KeyPair ASKER = Agents.keys(1);
    private static final KeyPair AGENT = Agents.keys(2);
    private static final SearchCondition BARBERS =
            SearchCondition.of("barber", Map.of("city", "Ghent"));
    private static final SignedContact BARBER = Agents.contact(Agents.keys(7), 4, Agents.BARBER);

    private static final BookLookup.ProofOfLife ALL_LIVE = living((peers, _) -> Set.copyOf(peers));

    private static BookLookup.ProofOfLife living(
            BiFunction<List<PeerId>, Integer, Set<PeerId>> asked) {
        return new BookLookup.ProofOfLife() {
            @Override
            public Set<PeerId> notDead(List<PeerId> peers) {
                return Set.copyOf(peers);
            }

            @Override
            public Set<PeerId> living(List<PeerId> peers, int enough) {
                return asked.apply(peers, enough);
            }
        };
    }

    private static SearchQuery query(int resultsMax) {
        var id = QueryId.random(new SplittableRandom(1));
        return new SearchQuery(id, BARBERS, 3, resultsMax, Duration.ofSeconds(5));
    }

    @Test
    void queriesAndAnswersComeBackAsTheyWereSent() throws ProtocolException {
        assertThat(SearchCodec.decodeQuery(SearchCodec.encode(query(16)))).isEqualTo(query(16));
        var answer = new SearchAnswer(query(16).id(), List.of(BARBER), 12, 3, 4, true);
        assertThat(SearchCodec.decodeAnswer(SearchCodec.encode(answer))).isEqualTo(answer);
    }

    @Test
    void mutatedFramesAreProtocolErrorsAndNothingElse() {
        var query = SearchCodec.encode(query(16));
        var answer = SearchCodec.encode(SearchAnswer.of(query(1).id(), List.of(BARBER), 12));
        Seeds.forEach(
                1000,
                random -> {
                    decode(SearchCodec::decodeQuery, Seeds.mutate(random, query.unsafeArray()));
                    decode(SearchCodec::decodeAnswer, Seeds.mutate(random, answer.unsafeArray()));
                });
    }

    private static List<SearchAnswer> ask(SearchQuery query, SearchServer.Responder responder)
            throws IOException, InterruptedException {
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(SearchServer.PROTOCOL, new SearchServer(responder));
            var parts = new ArrayList<SearchAnswer>();
            SearchClient.ask(pair.left(), query, parts::add);
            return parts;
        }
    }

    @Test
    void theAnswerReachesTheAskerPartByPart() throws Exception {
        var other = Agents.contact(AGENT, 1, Agents.BARBER);
        var answer =
                ask(
                        query(4),
                        (from, query, parts) -> {
                            parts.give(SearchAnswer.of(query.id(), List.of(BARBER), 2));
                            parts.give(SearchAnswer.of(query.id(), List.of(other), 5));
                        });
        assertThat(answer).hasSize(2);
        assertThat(answer.getFirst().records()).containsExactly(BARBER);
        assertThat(answer.getLast().records()).containsExactly(other);
        assertThat(ask(query(4), (from, query, parts) -> {})).isEmpty();
    }

    @Test
    void anAnswerToAnotherQueryOrWithTooManyRecordsIsRefused() {
        var other = QueryId.random(new SplittableRandom(2));
        assertThatThrownBy(() ->
                        ask(
                                query(1),
                                (from, query, parts) ->
                                        parts.give(SearchAnswer.of(other, List.of(), 0))))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("another query");
        assertThatThrownBy(() ->
                        ask(
                                query(1),
                                (from, query, parts) -> {
                                    parts.give(SearchAnswer.of(query.id(), List.of(BARBER), 0));
                                    parts.give(SearchAnswer.of(query.id(), List.of(BARBER), 0));
                                }))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("more records");
    }

    @Test
    void aFilterReachesTheNeighbour() throws Exception {
        var update = new FilterUpdate.Change(2, List.of(1, 5));
        var heard = new LinkedBlockingQueue<FilterUpdate>();
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(
                    FilterServer.PROTOCOL, new FilterServer((from, news) -> heard.add(news)));
            SearchClient.tell(pair.left(), update);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(update);
        }
    }

    /// Attack 26: records that nobody signed, that somebody else signed, that were changed on the
    /// way, or that have expired.
    @Test
    void forgedAlteredAndExpiredRecordsAreNeitherBelievedNorRemembered() throws Exception {
        var genuine = BARBER.envelope().toArray();
        Seeds.forEach(
                300,
                random -> {
                    var altered = genuine.clone();
                    altered[random.nextInt(altered.length)] ^= (byte) (1 + random.nextInt(255));
                    assertThat(answerWith(Bytes.wrap(altered)).records()).isEmpty();
                });
        var said = StatementKind.CONTACT.open(BARBER.envelope()).payload();
        assertThat(answerWith(StatementKind.CONTACT.seal(AGENT, said)).records()).isEmpty();
        assertThat(answerWith(said).records()).isEmpty();

        var book = new MemoryContactBook();
        var late = Agents.EXPIRY.plus(ContactRecord.SKEW_MAX);
        var intake = new ContactIntake(AGENT.peerId(), book, InstantSource.fixed(late));
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            intake.learn(List.of(BARBER), BARBERS.conditionKey(), pair.left());
        }
        assertThat(book.find(BARBER.peer())).isEmpty();
    }

    private static SearchAnswer answerWith(Bytes record) throws ProtocolException {
        var answer =
                SearchWire.SearchAnswer.newBuilder()
                        .setQueryId(Wire.field(query(1).id().value()))
                        .addRecords(Wire.field(record))
                        .build();
        return SearchCodec.decodeAnswer(Wire.encode(answer));
    }

    @Test
    void theBookIsAskedForLivingContactsThatFitExactly() throws InterruptedException {
        var now = Instant.ofEpochMilli(1_800_000_000_000L);
        var book = new MemoryContactBook();
        var dead = Agents.contact(Agents.keys(8), 1, Agents.BARBER);
        var plain = Agents.contact(Agents.keys(9), 1, Offering.of("barber"));
        for (var contact : List.of(BARBER, dead, plain)) {
            book.remember(List.of(ContactIntake.contact(contact, AddressScope.LOOPBACK, now)));
        }
        // As a liar would have it remembered.
        book.rememberCondition(BARBERS.conditionKey(), plain.peer(), now);
        var own = Agents.contact(AGENT, 1, Agents.BARBER);
        var lookup =
                new BookLookup(
                        () -> own,
                        book,
                        living((peers, _) -> without(peers, dead.peer())),
                        InstantSource.fixed(now));
        assertThat(lookup.own(BARBERS)).contains(own);
        assertThat(lookup.find(BARBERS, 16, true)).containsExactly(BARBER);
        assertThat(lookup.find(BARBERS, 16, false)).containsExactly(BARBER, dead);
        var tomorrow = InstantSource.fixed(now.plus(Duration.ofDays(1)));
        assertThat(new BookLookup(() -> own, book, ALL_LIVE, tomorrow).find(BARBERS, 16, true))
                .as("expired")
                .isEmpty();
    }

    @Test
    void allWhoMayFitAreAskedForASignOfLifeAtOnce() throws InterruptedException {
        var now = Instant.ofEpochMilli(1_800_000_000_000L);
        var book = new MemoryContactBook();
        for (int number = 10; number < 15; number++) {
            var barber = Agents.contact(Agents.keys(number), 1, Agents.BARBER);
            book.remember(List.of(ContactIntake.contact(barber, AddressScope.LOOPBACK, now)));
        }
        var own = Agents.contact(AGENT, 1, Offering.of("plumber"));
        var questions = new ArrayList<List<PeerId>>();
        var asked =
                living((peers, enough) -> {
                    assertThat(enough).isEqualTo(3);
                    questions.add(peers);
                    return Set.copyOf(peers.subList(1, peers.size()));
                });
        var lookup = new BookLookup(() -> own, book, asked, InstantSource.fixed(now));
        var found = lookup.find(BARBERS, 3, true);
        assertThat(questions).singleElement().satisfies(peers -> assertThat(peers).hasSize(5));
        assertThat(found.stream().map(SignedContact::peer))
                .containsExactlyElementsOf(questions.getFirst().subList(1, 4));
    }

    private static Set<PeerId> without(List<PeerId> peers, PeerId dead) {
        return peers.stream().filter(peer -> !peer.equals(dead)).collect(Collectors.toSet());
    }

    /// Three agents in a row, the last is the barber.
    @Test
    void aServiceAsksItsNeighboursAndRemembersWhatTheyFound() throws InterruptedException {
        var clock = new MonotonicClock();
        var died = new AtomicReference<Throwable>();
        var askersBook = new MemoryContactBook();
        try (var pair = new ConnectionPair(ASKER, AGENT);
                var agent = service(AGENT, List.of(BARBER), null, new MemoryContactBook(), died);
                var asker = service(ASKER, List.of(), pair, askersBook, died)) {
            pair.rightServes(SearchServer.PROTOCOL, new SearchServer(agent));
            asker.connected(AGENT.peerId());
            var live = new ArrayList<SignedContact>();
            var answer = asker.find(BARBERS, 12, 1, Duration.ofSeconds(5), live::add);
            assertThat(answer.records()).containsExactly(BARBER);
            assertThat(live).containsExactly(BARBER);
            assertThat(answer.agentsAsked()).isEqualTo(2);
            var deadline = clock.instant().plusSeconds(5);
            while (askersBook.forCondition(BARBERS.conditionKey(), 1).isEmpty()) {
                assertThat(clock.instant()).isBefore(deadline);
                Thread.onSpinWait();
            }
        }
        assertThat(died).hasNullValue();
    }

    /// The agent at one end of a pair, if there is one, which knows of nobody else.
    private record OneConnection(@Nullable ConnectionPair pair) implements SearchNetwork {
        @Override
        public Optional<Connection> connection(PeerId peer) {
            return Optional.ofNullable(pair).map(ConnectionPair::left);
        }

        @Override
        public Optional<Connection> reach(PeerId peer) {
            return Optional.empty();
        }

        @Override
        public boolean isAlive(SignedContact record, PeerId toldBy) {
            return true;
        }

        @Override
        public List<PeerId> providers(Bytes tagKey, int max) {
            return List.of();
        }

        @Override
        public List<String> tags() {
            return List.of();
        }

        @Override
        public void found(List<PeerId> providers) {}
    }

    private record OneMemory(List<SignedContact> records) implements ContactLookup {
        @Override
        public Optional<SignedContact> own(SearchCondition condition) {
            return Optional.empty();
        }

        @Override
        public List<SignedContact> find(SearchCondition condition, int max, boolean living) {
            return records;
        }
    }

    private static SearchService service(
            KeyPair self,
            List<SignedContact> memory,
            @Nullable ConnectionPair pair,
            MemoryContactBook book,
            AtomicReference<Throwable> died) {
        var clock = new MonotonicClock();
        return new SearchService(
                self.peerId(),
                SearchSettings.defaults(),
                Reputations.NEUTRAL,
                new OneMemory(memory),
                new ContactIntake(self.peerId(), book, clock),
                new ContactsClient(clock),
                new OneConnection(pair),
                clock,
                new SplittableRandom(3),
                died::set);
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
