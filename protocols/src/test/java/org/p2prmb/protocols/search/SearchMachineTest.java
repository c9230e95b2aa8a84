package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

final class SearchMachineTest {
    private static final KeyPair SELF = Agents.keys(1);
    private static final PeerId ASKER = Agents.keys(2).peerId();
    private static final PeerId NEIGHBOUR = Agents.keys(3).peerId();
    private static final SearchCondition BARBERS =
            SearchCondition.of("barber", Map.of("city", "Ghent"));
    private static final Instant NOW = Instant.ofEpochMilli(0);
    private static final SignedContact BARBER = Agents.contact(Agents.keys(7), 4, Agents.BARBER);

    private final SearchMachine machine =
            new SearchMachine(SELF.peerId(), SearchSettings.defaults(), new SplittableRandom(1));

    private static SearchQuery query(int number, int hopsLeft, int resultsMax) {
        var id = new byte[16];
        id[0] = (byte) number;
        id[1] = (byte) (number >>> 8);
        return new SearchQuery(
                new QueryId(Bytes.wrap(id)), BARBERS, hopsLeft, resultsMax, Duration.ofSeconds(6));
    }

    private List<Action> on(Event event) {
        return machine.on(NOW, event);
    }

    private List<Action> asked(SearchQuery query) {
        return on(new Event.Asked(1, Optional.of(ASKER), query));
    }

    private List<Action> found(SearchQuery query, SignedContact... records) {
        return on(new Event.Found(query.id(), List.of(records)));
    }

    private static Action reply(SearchQuery query, int agents, SignedContact... records) {
        return new Action.Reply(1, new SearchAnswer(query.id(), List.of(records), agents));
    }

    /// A query that waits for the answer of the one neighbour.
    private SearchQuery forwarded(int hopsLeft, int resultsMax) {
        var query = query(1, hopsLeft, resultsMax);
        on(new Event.Connected(ASKER));
        on(new Event.Connected(NEIGHBOUR));
        asked(query);
        assertThat(found(query)).hasSize(1).first().isInstanceOf(Action.Ask.class);
        return query;
    }

    private List<Action> answered(SearchQuery query, int agents, SignedContact... records) {
        return on(
                new Event.Answered(
                        NEIGHBOUR, new SearchAnswer(query.id(), List.of(records), agents)));
    }

    @Test
    void theOwnMemoryIsAskedFirst() {
        var query = query(1, 5, 1);
        assertThat(asked(query)).containsExactly(new Action.Lookup(query.id(), BARBERS, 1));
        assertThat(found(query, BARBER)).containsExactly(reply(query, 1, BARBER));
    }

    @Test
    void whatIsNotRememberedIsAskedOfOthersButTheAsker() {
        var query = query(1, 5, 1);
        on(new Event.Connected(ASKER));
        on(new Event.Connected(NEIGHBOUR));
        asked(query);
        var next = new SearchQuery(query.id(), BARBERS, 4, 1, Duration.ofSeconds(5));
        assertThat(found(query)).containsExactly(new Action.Ask(NEIGHBOUR, next));
        assertThat(answered(query, 3, BARBER)).containsExactly(reply(query, 4, BARBER));
    }

    @Test
    void aQueryWithoutHopsStaysHere() {
        var query = query(1, 0, 1);
        on(new Event.Connected(NEIGHBOUR));
        asked(query);
        assertThat(found(query)).containsExactly(reply(query, 1));
    }

    @Test
    void aQueryThatWasSeenIsAnsweredWithNothing() {
        var query = query(1, 5, 1);
        asked(query);
        assertThat(asked(query)).containsExactly(reply(query, 0));
        found(query, BARBER);
        assertThat(asked(query)).containsExactly(reply(query, 0));
    }

    @Test
    void aPeerThatAsksTooOftenIsAnsweredWithNothing() {
        for (int number = 0; number < 50; number++) {
            var query = query(number, 0, 1);
            assertThat(asked(query)).hasOnlyElementsOfType(Action.Lookup.class);
            found(query);
        }
        assertThat(asked(query(50, 0, 1))).containsExactly(reply(query(50, 0, 1), 0));
        var later = NOW.plusMillis(100);
        var query = query(51, 0, 1);
        assertThat(machine.on(later, new Event.Asked(1, Optional.of(ASKER), query)))
                .hasOnlyElementsOfType(Action.Lookup.class);
        assertThat(machine.on(later, new Event.Asked(1, Optional.of(NEIGHBOUR), query(52, 0, 1))))
                .as("another peer")
                .hasOnlyElementsOfType(Action.Lookup.class);
    }

    @Test
    void onlyRecordsThatFitExactlyPassAndOneForEachProvider() {
        var query = forwarded(5, 16);
        var older = Agents.contact(Agents.keys(7), 3, Agents.BARBER);
        var elsewhere =
                Agents.contact(Agents.keys(8), 1, Offering.of("barber", Map.of("city", "Bruges")));
        var asker = Agents.contact(Agents.keys(2), 1, Agents.BARBER);
        assertThat(answered(query, 1, older, BARBER, older, elsewhere, asker))
                .containsExactly(reply(query, 2, BARBER));
    }

    @Test
    void noMoreRecordsThanAskedForPass() {
        var query = forwarded(5, 2);
        var records =
                Agents.keys(20, 24).stream()
                        .map(agent -> Agents.contact(agent, 1, Agents.BARBER))
                        .toList();
        assertThat(answered(query, 1, records.toArray(SignedContact[]::new)))
                .containsExactly(reply(query, 2, records.get(0), records.get(1)));
    }

    @Test
    void thePeersNearTheAskerRememberWhoWasFound() {
        var query = forwarded(9, 1);
        assertThat(answered(query, 1, BARBER))
                .containsExactly(
                        new Action.Remember(NEIGHBOUR, List.of(BARBER), BARBERS.conditionKey()),
                        reply(query, 2, BARBER));
    }

    @Test
    void theProviderIntroducesItselfToItsNeighboursOnce() {
        for (var neighbour : Agents.keys(10, 20)) {
            on(new Event.Connected(neighbour.peerId()));
        }
        var own = Agents.contact(SELF, 1, Agents.BARBER);
        var first = query(1, 5, 1);
        asked(first);
        assertThat(found(first, own))
                .filteredOn(Action.Introduce.class::isInstance)
                .hasSize(3)
                .doesNotHaveDuplicates();
        var second = query(2, 5, 1);
        asked(second);
        assertThat(found(second, own)).containsExactly(reply(second, 1, own));
    }

    @Test
    void answersThatNobodyWaitsForChangeNothing() {
        var query = forwarded(5, 1);
        assertThat(on(new Event.Failed(ASKER, query.id()))).isEmpty();
        assertThat(answered(query(9, 5, 1), 1, BARBER)).isEmpty();
        assertThat(answered(query, 1, BARBER)).hasSize(1);
        assertThat(answered(query, 1, BARBER)).isEmpty();
        assertThat(found(query, BARBER)).isEmpty();
    }

    @Test
    void aFailedNeighbourIsNotWaitedFor() {
        var query = forwarded(5, 1);
        assertThat(on(new Event.Failed(NEIGHBOUR, query.id()))).containsExactly(reply(query, 1));
        assertThat(machine.nextTick()).isEqualTo(Instant.MAX);
    }

    @Test
    void theAskersPatienceEndsTheSearch() {
        var query = forwarded(5, 1);
        assertThat(machine.nextTick()).isEqualTo(NOW.plusSeconds(6));
        assertThat(machine.tick(NOW.plusMillis(5999))).isEmpty();
        assertThat(machine.tick(NOW.plusSeconds(6))).containsExactly(reply(query, 1));
    }

    @Test
    void aMachineWithTooMuchWorkRefusesMore() {
        for (int number = 0; number < 1024; number++) {
            on(new Event.Asked(number, Optional.empty(), query(number, 0, 1)));
        }
        assertThat(on(new Event.Asked(1, Optional.empty(), query(2000, 0, 1))))
                .containsExactly(reply(query(2000, 0, 1), 0));
    }
}
