package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.statements.SearchCondition;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Walks through agents that do not work on the query.
final class WalkTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final PeerId ASKER = Agents.keys(2).peerId();
    private static final SearchQuery QUERY =
            new SearchQuery(
                    new QueryId(Bytes.wrap(new byte[16])),
                    SearchCondition.of("barber"),
                    12,
                    1,
                    Duration.ofSeconds(6));

    private final SearchMachine machine =
            new SearchMachine(
                    Agents.keys(1).peerId(),
                    SearchSettings.defaults(),
                    Reputations.NEUTRAL,
                    new SplittableRandom(1));

    private List<Action.Ask> asks(Event event) {
        return machine.on(NOW, event).stream()
                .filter(Action.Ask.class::isInstance)
                .map(Action.Ask.class::cast)
                .toList();
    }

    /// The steps that each of 60 neighbours was given, one after the other.
    private List<Integer> steps(Function<SearchQuery, SearchAnswer> answer) {
        Agents.keys(100, 160).stream()
                .map(KeyPair::peerId)
                .forEach(peer -> asks(new Event.Connected(peer)));
        asks(new Event.Asked(1, ASKER, QUERY));
        var next = asks(new Event.Found(QUERY.id(), List.of(), List.of()));
        var steps = new ArrayList<Integer>();
        while (!next.isEmpty()) {
            var ask = next.getFirst();
            steps.add(ask.query().hopsLeft());
            asks(new Event.Answered(ask.to(), answer.apply(ask.query())));
            next = asks(new Event.Ended(ask.to(), QUERY.id()));
        }
        return steps;
    }

    private static List<Integer> countdown() {
        return IntStream.iterate(11, step -> step >= 0, step -> step - 1).boxed().toList();
    }

    @Test
    void whatARefusalLeavesOverTakesAnotherWay() {
        assertThat(steps(SearchAnswer::refused)).isEqualTo(countdown());
    }

    @Test
    void aStepToWhoKnowsTheQueryIsNoneUnlessACrowdSaysSo() {
        var free = Collections.nCopies(15, 11); // The asker is the first of 16.
        assertThat(steps(SearchAnswer::repeated))
                .startsWith(free.toArray(Integer[]::new))
                .endsWith(countdown().toArray(Integer[]::new))
                .hasSize(15 + 12);
    }
}
