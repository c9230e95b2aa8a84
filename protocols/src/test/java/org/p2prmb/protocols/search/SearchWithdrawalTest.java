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
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Whoever has enough, or is not waited for any more, withdraws what it still asks.
final class SearchWithdrawalTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final PeerId ASKER = Agents.keys(2).peerId();
    private static final KeyPair NEIGHBOUR = Agents.keys(3);
    private static final KeyPair OTHER = Agents.keys(4);
    private static final SearchQuery QUERY =
            new SearchQuery(
                    new QueryId(Bytes.wrap(new byte[16])),
                    SearchCondition.of("barber", Map.of("city", "Ghent")),
                    5,
                    1,
                    Duration.ofSeconds(6));

    private final SearchMachine machine =
            new SearchMachine(
                    Agents.keys(1).peerId(),
                    SearchSettings.defaults(),
                    Reputations.NEUTRAL,
                    new SplittableRandom(1));

    private List<Action> on(Event event) {
        return machine.on(NOW, event);
    }

    private void neighbours(PeerId... peers) {
        for (var peer : peers) {
            on(new Event.Connected(peer));
        }
    }

    private void promises(PeerId neighbour) {
        var filter = TagFilter.of(List.of(SearchCondition.tagKey("barber"))).encoded();
        on(new Event.FilterHeard(neighbour, new FilterUpdate.Whole(1, filter)));
    }

    private List<Action> nothingFound() {
        return on(new Event.Found(QUERY.id(), List.of(), List.of()));
    }

    private List<Action> answered(PeerId from, SignedContact record) {
        return on(
                new Event.Answered(
                        from, new SearchAnswer(QUERY.id(), List.of(record), 1, 0, 5, false)));
    }

    private static List<Action> withdrawals(List<Action> actions) {
        return actions.stream().filter(Action.Withdraw.class::isInstance).toList();
    }

    @Test
    void whoHasEnoughWithdrawsWhatItStillAsks() {
        neighbours(NEIGHBOUR.peerId(), OTHER.peerId());
        promises(NEIGHBOUR.peerId());
        promises(OTHER.peerId());
        on(new Event.Sought(1, QUERY));
        assertThat(nothingFound()).filteredOn(Action.Ask.class::isInstance).hasSize(2);
        var done = answered(NEIGHBOUR.peerId(), Agents.contact(NEIGHBOUR, 4, Agents.BARBER));
        assertThat(done).anyMatch(it -> it instanceof Action.Reply reply && reply.last());
        assertThat(withdrawals(done))
                .as("who answered ends by itself")
                .containsExactly(new Action.Withdraw(OTHER.peerId(), QUERY.id()));
        assertThat(on(new Event.Ended(OTHER.peerId(), QUERY.id()))).isEmpty();
    }

    @Test
    void aRelayWhoseAskerWithdrawsDoesTheSame() {
        neighbours(ASKER, NEIGHBOUR.peerId());
        on(new Event.Asked(1, ASKER, QUERY));
        assertThat(nothingFound()).filteredOn(Action.Ask.class::isInstance).hasSize(1);
        assertThat(on(new Event.Abandoned(1)))
                .containsExactly(new Action.Withdraw(NEIGHBOUR.peerId(), QUERY.id()));
        var late = answered(NEIGHBOUR.peerId(), Agents.contact(OTHER, 4, Agents.BARBER));
        assertThat(late).as("nobody waits").isEmpty();
        assertThat(on(new Event.Abandoned(1))).isEmpty();
    }
}
