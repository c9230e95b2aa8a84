package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.node.config.ImAliveConfig;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The story of the simulated search, told by thirty real agents on loopback: somebody several
/// steps away is found, remembered, killed and not shown again, though somebody else is.
final class ThirtyAgentsTest {
    private static final int AGENTS = 30;

    /// Walks may miss it, and then filters tell of it, which take a minute at most for each step.
    private static final Duration SEARCH_MAX = Duration.ofMinutes(5);

    /// An owner does not ask more often; neighbours would not pass it on.
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Offering BARBER =
            Offering.of("barber", Map.of("city", "Ghent", "price", "25..40"));
    private static final SearchCondition WANTED =
            SearchCondition.of("barber", Map.of("city", "Ghent", "price", "..30"));

    @TempDir private Path directory;
    private TestAgents agents;
    private final List<Agent> all = new ArrayList<>();

    /// Each joins through one before it and looks for two more neighbours, without a DHT, and only
    /// neighbours look after each other, so that searches have to travel.
    @BeforeEach
    void join() throws IOException {
        agents = new TestAgents(directory);
        var imAlive =
                ImAliveConfig.defaults()
                        .withInterval(Duration.ofSeconds(2))
                        .withWatchers(0)
                        .withHotMax(0);
        for (int number = 0; number < AGENTS; number++) {
            var through = number == 0 ? new Agent[0] : new Agent[] {all.get((number - 1) / 3)};
            all.add(
                    agents.start(
                            TestAgents.config(through)
                                    .withNeighboursMax(3)
                                    .withImAlive(imAlive)
                                    .withDht(DhtConfig.defaults().withMode(DhtMode.OFF))));
        }
        Eventually.holds(
                "all have joined",
                () ->
                        distances(all.getFirst()).size() == AGENTS
                                && all.stream().allMatch(agent -> agent.neighbours().size() >= 3));
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    /// Steps from one agent to each that it is connected with.
    private Map<PeerId, Integer> distances(Agent from) {
        var byId = new HashMap<PeerId, Agent>();
        all.forEach(agent -> byId.put(agent.peerId(), agent));
        var steps = new HashMap<PeerId, Integer>(Map.of(from.peerId(), 0));
        var next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            var agent = next.removeFirst();
            for (var peer : agent.neighbours()) {
                var neighbour = byId.get(peer);
                if (neighbour != null && !steps.containsKey(peer)) {
                    steps.put(peer, steps.getOrDefault(agent.peerId(), 0) + 1);
                    next.addLast(neighbour);
                }
            }
        }
        return steps;
    }

    private List<Agent> farthestFrom(Agent from) {
        var steps = distances(from);
        return all.stream()
                .sorted((one, other) ->
                        Integer.compare(
                                steps.getOrDefault(other.peerId(), 0),
                                steps.getOrDefault(one.peerId(), 0)))
                .toList();
    }

    private static SearchAnswer find(Agent asker) {
        try {
            return asker.find(WANTED, 12, 1, Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in a test", e);
        }
    }

    private static List<PeerId> peers(SearchAnswer answer) {
        return answer.records().stream().map(SignedContact::peer).toList();
    }

    private static boolean isFound(Agent asker, Agent wanted) {
        var found = peers(find(asker)).contains(wanted.peerId());
        if (!found) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return found;
    }

    @Test
    void aBarberSeveralStepsAwayIsFoundRememberedAndAfterItsDeathReplaced() {
        var asker = all.getLast();
        var far = farthestFrom(asker);
        var barber = far.getFirst();
        assertThat(distances(asker).get(barber.peerId())).isGreaterThanOrEqualTo(2);

        barber.search().offer(BARBER);
        Eventually.holds(SEARCH_MAX, "the barber is found", () -> isFound(asker, barber));
        Eventually.holds(
                "the next search ends at once",
                () -> isFound(asker, barber) && find(asker).agentsAsked() == 1);

        var other = far.get(1);
        other.search().offer(BARBER);
        barber.abort();
        Eventually.holds(SEARCH_MAX, "another one is found", () -> isFound(asker, other));
        assertThat(peers(find(asker))).containsExactly(other.peerId());
    }
}
