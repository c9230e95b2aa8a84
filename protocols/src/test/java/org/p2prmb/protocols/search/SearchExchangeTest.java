package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
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
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

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
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

final class SearchExchangeTest {
    private static final KeyPair ASKER = Agents.keys(1);
    private static final KeyPair AGENT = Agents.keys(2);
    private static final SearchCondition BARBERS =
            SearchCondition.of("barber", Map.of("city", "Ghent"));
    private static final SignedContact BARBER = Agents.contact(Agents.keys(7), 4, Agents.BARBER);

    private static final BookLookup.ProofOfLife ALL_LIVE = (peers, _) -> Set.copyOf(peers);

    private static SearchQuery query(int resultsMax) {
        var id = QueryId.random(new SplittableRandom(1));
        return new SearchQuery(id, BARBERS, 3, resultsMax, Duration.ofSeconds(5));
    }

    @Test
    void queriesAndAnswersComeBackAsTheyWereSent() throws ProtocolException {
        assertThat(SearchCodec.decodeQuery(SearchCodec.encode(query(16)))).isEqualTo(query(16));
        var answer = new SearchAnswer(query(16).id(), List.of(BARBER), 12);
        assertThat(SearchCodec.decodeAnswer(SearchCodec.encode(answer))).isEqualTo(answer);
    }

    @Test
    void mutatedFramesAreProtocolErrorsAndNothingElse() {
        var query = SearchCodec.encode(query(16));
        var answer = SearchCodec.encode(new SearchAnswer(query(1).id(), List.of(BARBER), 12));
        Seeds.forEach(
                1000,
                random -> {
                    decode(SearchCodec::decodeQuery, Seeds.mutate(random, query.unsafeArray()));
                    decode(SearchCodec::decodeAnswer, Seeds.mutate(random, answer.unsafeArray()));
                });
    }

    private static SearchAnswer ask(SearchQuery query, SearchServer.Responder responder)
            throws IOException {
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(SearchServer.PROTOCOL, new SearchServer(responder));
            return SearchClient.ask(pair.left(), query);
        }
    }

    @Test
    void theAnswerReachesTheAsker() throws IOException {
        var answer =
                ask(query(1), (from, query) -> new SearchAnswer(query.id(), List.of(BARBER), 2));
        assertThat(answer.records()).containsExactly(BARBER);
    }

    @Test
    void anAnswerToAnotherQueryOrWithTooManyRecordsIsRefused() {
        var other = QueryId.random(new SplittableRandom(2));
        assertThatThrownBy(
                        () -> ask(query(1), (from, query) -> new SearchAnswer(other, List.of(), 0)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("another query");
        var two = List.of(BARBER, Agents.contact(AGENT, 1, Agents.BARBER));
        assertThatThrownBy(
                        () -> ask(query(1), (from, query) -> new SearchAnswer(query.id(), two, 0)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("more records");
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
                        (peers, _) -> without(peers, dead.peer()),
                        InstantSource.fixed(now));
        assertThat(lookup.find(BARBERS, 16)).containsExactly(own, BARBER);
        assertThat(lookup.find(BARBERS, 1)).containsExactly(own);
        var tomorrow = InstantSource.fixed(now.plus(Duration.ofDays(1)));
        assertThat(new BookLookup(() -> own, book, ALL_LIVE, tomorrow).find(BARBERS, 16))
                .as("expired")
                .containsExactly(own);
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
        BookLookup.ProofOfLife asked =
                (peers, enough) -> {
                    assertThat(enough).isEqualTo(3);
                    questions.add(peers);
                    return Set.copyOf(peers.subList(1, peers.size()));
                };
        var lookup = new BookLookup(() -> own, book, asked, InstantSource.fixed(now));
        var found = lookup.find(BARBERS, 3);
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
            var answer = asker.find(BARBERS, 1, Duration.ofSeconds(5));
            assertThat(answer.records()).containsExactly(BARBER);
            assertThat(answer.agentsAsked()).isEqualTo(2);
            var deadline = clock.instant().plusSeconds(5);
            while (askersBook.forCondition(BARBERS.conditionKey(), 1).isEmpty()) {
                assertThat(clock.instant()).isBefore(deadline);
                Thread.onSpinWait();
            }
        }
        assertThat(died).hasNullValue();
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
                (condition, max) -> memory,
                new ContactIntake(self.peerId(), book, clock),
                new ContactsClient(clock),
                peer -> Optional.ofNullable(pair).map(ConnectionPair::left),
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
