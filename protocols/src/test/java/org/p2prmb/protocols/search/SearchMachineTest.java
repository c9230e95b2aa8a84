package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

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
import org.p2prmb.protocols.wire.SearchWire;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

final class SearchMachineTest {
    private static final KeyPair SELF = Agents.keys(1);
    private static final PeerId ASKER = Agents.keys(2).peerId();
    private static final PeerId NEIGHBOUR = Agents.keys(3).peerId();
    private static final PeerId OTHER = Agents.keys(4).peerId();
    private static final SearchCondition BARBERS =
            SearchCondition.of("barber", Map.of("city", "Ghent"));
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final SignedContact BARBER = Agents.contact(Agents.keys(7), 4, Agents.BARBER);
    private static final SignedContact OWN = Agents.contact(SELF, 4, Agents.BARBER);

    private SearchMachine machine = machine(Reputations.NEUTRAL);
    private Instant now = NOW;

    private static SearchMachine machine(Reputations reputations) {
        return new SearchMachine(
                SELF.peerId(), SearchSettings.defaults(), reputations, new SplittableRandom(1));
    }

    private static SearchQuery query(int number, int hopsLeft, int resultsMax) {
        return query(number, hopsLeft, resultsMax, BARBERS);
    }

    private static SearchQuery query(
            int number, int hopsLeft, int resultsMax, SearchCondition condition) {
        var id = new byte[16];
        id[0] = (byte) number;
        id[1] = (byte) (number >>> 8);
        return new SearchQuery(
                new QueryId(Bytes.wrap(id)),
                condition,
                hopsLeft,
                resultsMax,
                Duration.ofSeconds(6));
    }

    private List<Action> on(Event event) {
        return machine.on(now, event);
    }

    private List<Action> asked(SearchQuery query) {
        return on(new Event.Asked(1, ASKER, query));
    }

    private List<Action> found(SearchQuery query, SignedContact... records) {
        return on(new Event.Found(query.id(), List.of(), List.of(records)));
    }

    private List<Action> answered(PeerId from, SearchQuery query, SignedContact... records) {
        return on(
                new Event.Answered(
                        from, new SearchAnswer(query.id(), List.of(records), 1, 0, 5, false)));
    }

    private List<Action> ended(PeerId from, SearchQuery query) {
        return on(new Event.Ended(from, query.id()));
    }

    private List<Action> tickAfter(Duration time) {
        now = now.plus(time);
        return now.isBefore(machine.nextTick()) ? List.of() : machine.tick(now);
    }

    private void neighbours(PeerId... peers) {
        for (var peer : peers) {
            on(new Event.Connected(peer));
        }
    }

    private static Action.Reply reply(List<Action> actions) {
        return actions.stream()
                .filter(Action.Reply.class::isInstance)
                .map(Action.Reply.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no reply in " + actions));
    }

    private static List<Action.Ask> asks(List<Action> actions) {
        return actions.stream()
                .filter(Action.Ask.class::isInstance)
                .map(Action.Ask.class::cast)
                .toList();
    }

    private void promises(PeerId neighbour, String... tags) {
        var keys = List.of(tags).stream().map(SearchCondition::tagKey).toList();
        var filter = TagFilter.of(keys).encoded();
        on(new Event.FilterHeard(neighbour, new FilterUpdate.Whole(1, filter)));
    }

    @Test
    void aRelayLooksIntoItsOwnMemoryFirst() {
        var query = query(1, 5, 1);
        assertThat(asked(query)).containsExactly(new Action.Lookup(query.id(), BARBERS, 1, true));
        var reply = reply(found(query, BARBER));
        assertThat(reply.answer().records()).containsExactly(BARBER);
        assertThat(reply.last()).isTrue();
    }

    @Test
    void aRelayAsksThePromisingNeighbourBeforeItWalksOn() {
        neighbours(ASKER, NEIGHBOUR, OTHER);
        promises(OTHER, "barber");
        var query = query(1, 5, 1);
        asked(query);
        var ahead = asks(found(query));
        assertThat(ahead).extracting(Action.Ask::to).containsExactly(OTHER);
        assertThat(ahead.getFirst().query().hopsLeft()).isZero();
        var walk = asks(ended(OTHER, query));
        assertThat(walk).extracting(Action.Ask::to).containsExactly(NEIGHBOUR);
        assertThat(walk.getFirst().query().hopsLeft()).isEqualTo(4);
        assertThat(walk.getFirst().query().patience()).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void whatAWalkLeavesOverTakesAnotherWay() {
        neighbours(ASKER, NEIGHBOUR, OTHER);
        var query = query(1, 9, 1);
        asked(query);
        var first = asks(found(query)).getFirst();
        answered(first.to(), query); // It has 5 steps left, and nobody to go to.
        var second = asks(ended(first.to(), query)).getFirst();
        assertThat(second.to()).isNotEqualTo(first.to());
        assertThat(second.query().hopsLeft()).isEqualTo(4);
        assertThat(reply(ended(second.to(), query)).last()).as("who never answered").isTrue();
    }

    @Test
    void whoPassesAQueryOnRemembersTheAnswer() {
        neighbours(ASKER, NEIGHBOUR);
        var query = query(1, 1, 1);
        asked(query);
        found(query);
        assertThat(answered(NEIGHBOUR, query, BARBER)).anyMatch(Action.Remember.class::isInstance);
    }

    @Test
    void theProviderIntroducesItselfToItsNeighboursOnce() {
        neighbours(ASKER, NEIGHBOUR, OTHER);
        var first = query(1, 5, 1);
        asked(first);
        var actions = on(new Event.Found(first.id(), List.of(OWN), List.of()));
        assertThat(actions)
                .contains(
                        new Action.Introduce(NEIGHBOUR, OWN, BARBERS.conditionKey()),
                        new Action.Introduce(OTHER, OWN, BARBERS.conditionKey()));
        var again = query(2, 5, 1);
        asked(again);
        assertThat(on(new Event.Found(again.id(), List.of(OWN), List.of())))
                .noneMatch(Action.Introduce.class::isInstance);
    }

    @Test
    void neitherTheAskerNorWhatDoesNotFitNorWhatHasExpiredIsPassedOn() {
        var query = query(1, 0, 16);
        asked(query);
        var asker = Agents.contact(Agents.keys(2), 1, Agents.BARBER);
        var elsewhere =
                Agents.contact(Agents.keys(8), 1, Offering.of("barber", Map.of("city", "Bruges")));
        var fitting = reply(found(query, asker, elsewhere, BARBER));
        assertThat(fitting.answer().records()).containsExactly(BARBER);
        now = Agents.EXPIRY.plus(Duration.ofMinutes(2));
        var later = query(2, 0, 16);
        asked(later);
        assertThat(reply(found(later, BARBER)).answer().records()).isEmpty();
    }

    @Test
    void whomWeKnowToBeWorseThanANewcomerIsNotPassedOn() {
        machine = machine(peer -> peer.equals(BARBER.peer()) ? 0.30 : Reputations.NEWCOMER);
        var wish = query(1, 0, 16);
        asked(wish);
        assertThat(reply(found(wish, BARBER)).answer().records()).containsExactly(BARBER);
        var picky =
                new SearchQuery(
                        query(2, 0, 16).id(),
                        BARBERS.withMinReputation(0.5),
                        0,
                        16,
                        Duration.ofSeconds(6));
        asked(picky);
        var stranger = Agents.contact(Agents.keys(9), 1, Agents.BARBER);
        assertThat(reply(found(picky, BARBER, stranger)).answer().records())
                .as("the asker may know the stranger better than we do")
                .containsExactly(stranger);
    }

    /// Attack 25: a flood of queries of one peer, ids that are used again.
    @Test
    void aFloodOfQueriesOfOnePeerIsCutAndNothingIsForwardedTwice() {
        neighbours(ASKER, NEIGHBOUR, OTHER);
        var worked = 0;
        for (int number = 0; number < 10_000; number++) {
            now = NOW.plusMillis(number); // 1000 a second, for ten seconds.
            var actions = asked(query(number, 12, 1));
            worked += actions.getFirst() instanceof Action.Lookup ? 1 : 0;
        }
        assertThat(worked).isLessThanOrEqualTo(64).isGreaterThan(0);
        var refused = reply(asked(query(10_000, 11, 1))).answer();
        assertThat(refused.hopsLeft()).as("it takes another way").isEqualTo(11);
        var honest = query(20_000, 5, 1);
        assertThat(on(new Event.Asked(7, OTHER, honest)).getFirst())
                .isInstanceOf(Action.Lookup.class);
        var again = reply(on(new Event.Asked(8, NEIGHBOUR, honest)));
        assertThat(again.answer().repeated()).isTrue();
        assertThat(again.answer().records()).isEmpty();
    }

    /// Attack 25: more hops than are allowed.
    @Test
    void moreThanTwelveHopsAreTwelve() throws Exception {
        var wire =
                SearchWire.SearchQuery.newBuilder()
                        .setQueryId(ByteString.copyFrom(new byte[16]))
                        .setTag("barber")
                        .setHopsLeft(255)
                        .setResultsMax(1)
                        .build();
        var query = SearchCodec.decodeQuery(Bytes.wrap(wire.toByteArray()));
        assertThat(query.hopsLeft()).isEqualTo(12);
    }

    /// Attack 27: a filter of all ones.
    @Test
    void aFilterThatPromisesEverythingIsNotConsultedAfterTwentyBrokenPromises() {
        neighbours(ASKER, NEIGHBOUR, OTHER);
        var ones = new byte[64];
        Arrays.fill(ones, (byte) 0xff);
        on(new Event.FilterHeard(NEIGHBOUR, new FilterUpdate.Whole(1, Bytes.wrap(ones))));
        var consulted = 0;
        for (int number = 0; number < 50; number++) {
            now = now.plusSeconds(1);
            var query = query(number, 1, 1, SearchCondition.of("tag" + number));
            on(new Event.Asked(number, ASKER, query));
            for (var ask : asks(found(query))) {
                consulted += ask.query().hopsLeft() == 0 && ask.to().equals(NEIGHBOUR) ? 1 : 0;
                for (var next : asks(ended(ask.to(), query))) {
                    ended(next.to(), query);
                }
            }
            tickAfter(Duration.ofSeconds(7));
        }
        assertThat(consulted).isBetween(20, 40); // Walks of one step end there as well.
    }

    private SearchQuery sought(int number, int resultsMax) {
        var query = query(number, 12, resultsMax);
        assertThat(on(new Event.Sought(number, query)))
                .containsExactly(new Action.Lookup(query.id(), BARBERS, resultsMax, false));
        return query;
    }

    @Test
    void aContactOfOurOwnIsVerifiedBeforeTheOwnerSeesIt() {
        neighbours(NEIGHBOUR);
        var query = sought(1, 1);
        assertThat(found(query, BARBER))
                .containsExactly(new Action.Verify(query.id(), BARBER, SELF.peerId()));
        var reply = reply(on(new Event.Verified(query.id(), BARBER.peer(), true)));
        assertThat(reply.answer().records()).containsExactly(BARBER);
        assertThat(reply.last()).isTrue();
    }

    @Test
    void aDeadContactIsNotShownAndTheSearchGoesOn() {
        neighbours(NEIGHBOUR);
        var query = sought(1, 1);
        found(query, BARBER);
        var actions = on(new Event.Verified(query.id(), BARBER.peer(), false));
        assertThat(actions).noneMatch(Action.Reply.class::isInstance);
        assertThat(asks(actions)).hasSize(1);
    }

    @Test
    void aProviderThatAnswersItselfNeedsNoPing() {
        neighbours(BARBER.peer());
        promises(BARBER.peer(), "barber");
        var query = sought(1, 1);
        assertThat(asks(found(query))).hasSize(1);
        var actions = answered(BARBER.peer(), query, BARBER);
        assertThat(reply(actions).last()).isTrue();
        assertThat(actions).noneMatch(Action.Verify.class::isInstance);
        assertThat(actions)
                .contains(
                        new Action.Remember(
                                BARBER.peer(), List.of(BARBER), BARBERS.conditionKey(), true));
    }

    @Test
    void fourWalksBeginOneAfterTheOtherAndThenTheDhtIsAsked() {
        var neighbours = new ArrayList<PeerId>();
        for (int number = 20; number < 30; number++) {
            neighbours.add(Agents.keys(number).peerId());
        }
        neighbours(neighbours.toArray(PeerId[]::new));
        var query = sought(1, 1);
        var walks = new ArrayList<>(asks(found(query)));
        assertThat(walks).hasSize(1);
        for (int walk = 1; walk < 4; walk++) {
            walks.addAll(asks(tickAfter(Duration.ofMillis(250))));
            assertThat(walks).hasSize(walk + 1);
        }
        assertThat(walks).allMatch(ask -> ask.query().hopsLeft() == 3);
        assertThat(walks).extracting(Action.Ask::to).doesNotHaveDuplicates();
        assertThat(tickAfter(Duration.ofMillis(600)))
                .containsExactly(new Action.FindProviders(query.id(), BARBERS.tagKey(), 4));
        var asked = on(new Event.Provided(query.id(), List.of(BARBER.peer(), OTHER)));
        assertThat(asks(asked)).extracting(Action.Ask::to).containsExactly(BARBER.peer());
        assertThat(reply(answered(BARBER.peer(), query, BARBER)).answer().records())
                .containsExactly(BARBER);
    }

    @Test
    void resultsAreShownAsTheyCome() {
        neighbours(NEIGHBOUR, OTHER);
        var query = sought(1, 3);
        found(query);
        answered(NEIGHBOUR, query, BARBER);
        var first = reply(on(new Event.Verified(query.id(), BARBER.peer(), true)));
        assertThat(first.answer().records()).containsExactly(BARBER);
        assertThat(first.last()).isFalse();
    }

    @Test
    void onlyWhoIsWorthEnoughInOurOwnEyesIsShown() {
        machine = machine(peer -> peer.equals(BARBER.peer()) ? 0.8 : Reputations.NEWCOMER);
        neighbours(NEIGHBOUR);
        var stranger = Agents.contact(Agents.keys(9), 1, Agents.BARBER);
        var wish =
                new SearchQuery(
                        query(1, 12, 4).id(),
                        BARBERS.withMinReputation(0.5),
                        12,
                        4,
                        Duration.ofSeconds(6));
        on(new Event.Sought(1, wish));
        assertThat(found(wish, stranger, BARBER))
                .contains(new Action.Verify(wish.id(), BARBER, SELF.peerId()))
                .noneMatch(action ->
                        action instanceof Action.Verify(_, var record, _)
                                && record.equals(stranger));
    }

    @Test
    void aSearchEndsWithinItsPatienceThoughNobodyAnswers() {
        neighbours(NEIGHBOUR);
        var query = sought(1, 1);
        found(query);
        var ends = new ArrayList<Action>();
        for (int step = 0; step < 70; step++) {
            ends.addAll(tickAfter(Duration.ofMillis(100)));
        }
        assertThat(reply(ends).last()).isTrue();
        assertThat(reply(ends).answer().records()).isEmpty();
    }

    @Test
    void filtersGoOutAsAWholeFirstAndThenAsChanges() {
        var joined = on(new Event.Connected(NEIGHBOUR));
        assertThat(joined).singleElement().isInstanceOf(Action.SendFilter.class);
        assertThat(tickAfter(Duration.ZERO)).containsExactly(new Action.CollectTags());
        var key = SearchCondition.tagKey("barber");
        var told = on(new Event.Tags(List.of(key)));
        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.SendFilter.class,
                        sent -> assertThat(sent.update()).isInstanceOf(FilterUpdate.Change.class));
        assertThat(on(new Event.Tags(List.of(key)))).as("nothing has changed").isEmpty();
        assertThat(machine.nextTick()).isEqualTo(now.plusSeconds(60));
    }
}
