package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.statements.SearchCondition;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/// A search by walks, with a DHT that has nothing and without one.
final class QuestTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final PeerId NEIGHBOUR = Agents.keys(3).peerId();
    private static final PeerId OTHER = Agents.keys(4).peerId();
    private static final SearchQuery QUERY =
            new SearchQuery(
                    new QueryId(Bytes.wrap(new byte[16])),
                    SearchCondition.of("barber"),
                    12,
                    1,
                    Duration.ofSeconds(6));
    private static final Action LOOK_UP =
            new Action.FindProviders(QUERY.id(), QUERY.condition().tagKey(), 4);

    private final SearchMachine machine =
            new SearchMachine(
                    Agents.keys(1).peerId(),
                    SearchSettings.defaults(),
                    Reputations.NEUTRAL,
                    new SplittableRandom(1));

    private List<Action> on(Event event) {
        return machine.on(NOW, event);
    }

    @Test
    void whenTheDhtHasNothingOtherNeighboursAreWalkedThroughOnce() {
        on(new Event.Connected(NEIGHBOUR));
        on(new Event.Sought(1, QUERY));
        on(new Event.Found(QUERY.id(), List.of(), List.of()));
        assertThat(on(new Event.Ended(NEIGHBOUR, QUERY.id()))).containsExactly(LOOK_UP);
        on(new Event.Connected(OTHER));
        assertThat(on(new Event.Provided(QUERY.id(), List.of())))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Ask.class, ask -> assertThat(ask.to()).isEqualTo(OTHER));
        machine.tick(NOW);
        machine.tick(NOW.plus(SearchSettings.Stages.defaults().walkStagger()));
        assertThat(machine.nextTick())
                .as("nothing to do until the walk or the search ends")
                .isEqualTo(NOW.plus(QUERY.patience()));
        assertThat(on(new Event.Ended(OTHER, QUERY.id())))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Reply.class, reply -> assertThat(reply.last()).isTrue());
    }

    @Test
    void withoutADhtAllWalksBeginBeforeOneCanReachTheOtherNeighbours() {
        var usual = SearchSettings.defaults();
        var walker =
                new SearchMachine(
                        Agents.keys(1).peerId(),
                        usual.withStages(usual.stages().withLongWalks()),
                        Reputations.NEUTRAL,
                        new SplittableRandom(1));
        walker.on(NOW, new Event.Connected(NEIGHBOUR));
        walker.on(NOW, new Event.Connected(OTHER));
        walker.on(NOW, new Event.Sought(1, QUERY));
        assertThat(walker.on(NOW, new Event.Found(QUERY.id(), List.of(), List.of())))
                .filteredOn(Action.Ask.class::isInstance)
                .hasSize(2);
    }
}
