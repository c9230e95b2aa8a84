package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Whole networks of search machines in one thread, from one seed.
final class SearchSimulationTest {
    private static final List<KeyPair> KEYS = Agents.keys(0, 200);
    private static final List<SignedContact> BARBERS =
            KEYS.stream().map(keys -> Agents.contact(keys, 1, Agents.BARBER)).toList();
    private static final SearchCondition CONDITION = SearchCondition.of("barber");

    /// Machines on a connected random graph; messages take 1 to 40 ms, some are lost.
    private static final class Network {
        private record Scheduled(Instant at, long order, Runnable event) {}

        private final RandomGenerator random;
        private final double loss;
        private final Map<PeerId, SearchMachine> machines = new LinkedHashMap<>();
        private final Map<PeerId, Map<PeerId, SignedContact>> memories = new HashMap<>();
        private final PriorityQueue<Scheduled> due =
                new PriorityQueue<>((a, b) ->
                        a.at().equals(b.at())
                                ? Long.compare(a.order(), b.order())
                                : a.at().compareTo(b.at()));
        private final Set<List<Object>> forwarded = new HashSet<>();
        private final Map<Long, PeerId> askedBy = new HashMap<>();
        private final Map<Long, SearchAnswer> answers = new HashMap<>();
        private Instant now = Instant.EPOCH;
        private long order;
        private int messages;

        Network(RandomGenerator random, int size, int degree, double loss) {
            this.random = random;
            this.loss = loss;
            for (var keys : KEYS.subList(0, size)) {
                machines.put(
                        keys.peerId(),
                        new SearchMachine(
                                keys.peerId(),
                                SearchSettings.defaults(),
                                new SplittableRandom(random.nextLong())));
                memories.put(keys.peerId(), new LinkedHashMap<>());
            }
            var peers = List.copyOf(machines.keySet());
            for (int number = 1; number < size; number++) {
                connect(peers.get(number), peers.get(random.nextInt(number)));
            }
            for (int edge = 0; edge < size * (degree - 2) / 2; edge++) {
                connect(peers.get(random.nextInt(size)), peers.get(random.nextInt(size)));
            }
        }

        private void connect(PeerId one, PeerId other) {
            if (!one.equals(other)) {
                apply(one, new Event.Connected(other));
                apply(other, new Event.Connected(one));
            }
        }

        void provide(int number) {
            var record = BARBERS.get(number);
            memories.get(record.peer()).put(record.peer(), record);
        }

        long search(int number, int resultsMax) {
            var askId = ++order;
            var query =
                    new SearchQuery(
                            QueryId.random(random),
                            CONDITION,
                            SearchQuery.HOPS_MAX,
                            resultsMax,
                            Duration.ofSeconds(5));
            apply(KEYS.get(number).peerId(), new Event.Asked(askId, Optional.empty(), query));
            return askId;
        }

        private void later(Runnable event) {
            due.add(new Scheduled(now.plusMillis(random.nextInt(1, 41)), ++order, event));
        }

        private void apply(PeerId at, Event event) {
            machine(at).on(now, event).forEach(action -> perform(at, action));
        }

        private SearchMachine machine(PeerId at) {
            return Optional.ofNullable(machines.get(at)).orElseThrow();
        }

        private Map<PeerId, SignedContact> memory(PeerId at) {
            return Optional.ofNullable(memories.get(at)).orElseThrow();
        }

        private void perform(PeerId at, Action action) {
            switch (action) {
                case Action.Lookup(var id, var condition, var max) -> {
                    var fitting =
                            memory(at).values().stream()
                                    .filter(contact -> condition.matches(contact.record()))
                                    .limit(max)
                                    .toList();
                    later(() -> apply(at, new Event.Found(id, fitting)));
                }
                case Action.Ask(var to, var query) -> ask(at, to, query);
                case Action.Reply(var askId, var answer) -> reply(at, askId, answer);
                case Action.Remember(_, var records, _) -> remember(at, records);
                case Action.Introduce(var to, var own, _) ->
                        later(() -> remember(to, List.of(own)));
            }
        }

        private void remember(PeerId at, Collection<SignedContact> records) {
            records.forEach(record -> memory(at).put(record.peer(), record));
        }

        private void ask(PeerId from, PeerId to, SearchQuery query) {
            assertThat(forwarded.add(List.of(from, to, query.id())))
                    .as("no query is forwarded twice over one connection")
                    .isTrue();
            messages++;
            if (random.nextDouble() < loss) {
                later(() -> apply(from, new Event.Failed(to, query.id())));
                return;
            }
            var askId = ++order;
            askedBy.put(askId, from);
            later(() -> apply(to, new Event.Asked(askId, Optional.of(from), query)));
        }

        private void reply(PeerId by, long askId, SearchAnswer answer) {
            var asker = askedBy.get(askId);
            if (asker == null) {
                answers.put(askId, answer);
            } else if (random.nextDouble() >= loss) {
                later(() -> apply(asker, new Event.Answered(by, answer)));
            }
        }

        void run(Duration time) {
            var end = now.plus(time);
            for (var next = nextInstant(); !next.isAfter(end); next = nextInstant()) {
                now = next;
                machines.forEach((peer, machine) -> {
                    if (!now.isBefore(machine.nextTick())) {
                        machine.tick(now).forEach(action -> perform(peer, action));
                    }
                });
                while (!due.isEmpty() && !due.element().at().isAfter(now)) {
                    due.remove().event().run();
                }
            }
            now = end;
        }

        private Instant nextInstant() {
            var next = due.isEmpty() ? Instant.MAX : due.element().at();
            for (var machine : machines.values()) {
                next = next.isBefore(machine.nextTick()) ? next : machine.nextTick();
            }
            return next;
        }
    }

    @Test
    void theOnlyProviderOfTwoHundredAgentsIsFound() {
        Seeds.forEach(
                10,
                random -> {
                    var network = new Network(random, 200, 8, 0);
                    network.provide(random.nextInt(1, 200));
                    var askId = network.search(0, 16);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers).containsKey(askId);
                    assertThat(network.answers.get(askId).records()).hasSize(1);
                    assertThat(network.messages).isLessThanOrEqualTo(200 * 8);
                });
    }

    @Test
    void lossCostsResultsButNeverTheAnswer() {
        Seeds.forEach(
                20,
                random -> {
                    var network = new Network(random, random.nextInt(20, 60), 6, 0.1);
                    for (int number = 5; number < 10; number++) {
                        network.provide(number);
                    }
                    var askId = network.search(0, 16);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers).containsKey(askId);
                    assertThat(network.answers.get(askId).records()).isNotEmpty();
                });
    }

    @Test
    void whoWasFoundOnceIsFoundAgainWithFewerMessages() {
        Seeds.forEach(
                10,
                random -> {
                    var network = new Network(random, 100, 8, 0);
                    network.provide(99);
                    network.search(0, 1);
                    network.run(Duration.ofSeconds(6));
                    var first = network.messages;
                    var again = network.search(0, 1);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers.get(again).records()).hasSize(1);
                    assertThat(network.messages).as("no message at all").isEqualTo(first);
                });
    }

    @Test
    void anUnknownTagCostsEveryAgentAtMostItsFanOut() {
        Seeds.forEach(
                10,
                random -> {
                    var network = new Network(random, 100, 12, 0);
                    var asks = new ArrayList<Long>();
                    asks.add(network.search(0, 16));
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers.get(asks.getFirst()).records()).isEmpty();
                    assertThat(network.messages).isLessThanOrEqualTo(100 * 8);
                });
    }
}
