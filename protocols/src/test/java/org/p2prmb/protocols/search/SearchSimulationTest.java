package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
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
        private final Map<Long, List<SignedContact>> answers = new HashMap<>();
        private final Set<Long> over = new HashSet<>();
        private Instant now = Instant.EPOCH;
        private long order;
        private int messages;

        Network(RandomGenerator random, int size, int degree, double loss) {
            this(random, size, degree, loss, SearchSettings.defaults());
        }

        Network(
                RandomGenerator random,
                int size,
                int degree,
                double loss,
                SearchSettings settings) {
            this.random = random;
            this.loss = loss;
            for (var keys : KEYS.subList(0, size)) {
                machines.put(
                        keys.peerId(),
                        new SearchMachine(
                                keys.peerId(),
                                settings,
                                Reputations.NEUTRAL,
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
            apply(KEYS.get(number).peerId(), new Event.Sought(askId, query));
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
                case Action.Lookup(var id, var condition, var max, _) -> {
                    var own = new ArrayList<SignedContact>();
                    var cached = new ArrayList<SignedContact>();
                    for (var contact : memory(at).values()) {
                        if (condition.matches(contact.record()) && cached.size() < max) {
                            (contact.peer().equals(at) ? own : cached).add(contact);
                        }
                    }
                    later(() -> apply(at, new Event.Found(id, own, cached)));
                }
                case Action.Ask(var to, var query) -> ask(at, to, query);
                case Action.Reply(var askId, var answer, var last) ->
                        reply(at, askId, answer, last);
                case Action.Remember(_, var records, _, _) -> remember(at, records);
                case Action.Introduce(var to, var own, _) ->
                        later(() -> remember(to, List.of(own)));
                case Action.Verify(var id, var record, _) ->
                        later(() -> apply(at, new Event.Verified(id, record.peer(), true)));
                case Action.FindProviders(var id, _, _) ->
                        later(() -> apply(at, new Event.Provided(id, List.of())));
                case Action.CollectTags() -> {
                    var key = CONDITION.tagKey();
                    var keys = memory(at).isEmpty() ? List.<Bytes>of() : List.of(key);
                    later(() -> apply(at, new Event.Tags(keys)));
                }
                case Action.SendFilter(var to, var update) ->
                        later(() -> apply(to, new Event.FilterHeard(at, update)));
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
                later(() -> apply(from, new Event.Ended(to, query.id())));
                return;
            }
            var askId = ++order;
            askedBy.put(askId, from);
            later(() -> apply(to, new Event.Asked(askId, from, query)));
        }

        private void reply(PeerId by, long askId, SearchAnswer answer, boolean last) {
            var asker = askedBy.get(askId);
            if (asker == null) {
                answers.computeIfAbsent(askId, _ -> new ArrayList<>()).addAll(answer.records());
                if (last) {
                    over.add(askId);
                }
            } else if (random.nextDouble() >= loss) {
                now = now.plusNanos(1); // What is sent first arrives first.
                var way = random.nextInt(1, 41);
                var at = now.plusMillis(way);
                due.add(
                        new Scheduled(
                                at, ++order, () -> apply(asker, new Event.Answered(by, answer))));
                if (last) {
                    due.add(
                            new Scheduled(
                                    at,
                                    ++order,
                                    () -> apply(asker, new Event.Ended(by, answer.id()))));
                }
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
    void aProviderTwoStepsAwayIsFoundByTheFiltersAlone() {
        Seeds.forEach(
                20,
                random -> {
                    var network = new Network(random, 60, 8, 0);
                    for (int number = 20; number < 26; number++) {
                        network.provide(number);
                    }
                    network.run(Duration.ofSeconds(1)); // The filters go round.
                    var askId = network.search(0, 1);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers.get(askId)).hasSize(1);
                    assertThat(network.messages).isLessThan(30);
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
                    assertThat(network.over).contains(askId);
                    assertThat(network.answers.get(askId)).isNotEmpty();
                });
    }

    @Test
    void whoWasFoundOnceIsFoundAgainWithFewerMessages() {
        Seeds.forEach(
                10,
                random -> {
                    var network = new Network(random, 100, 8, 0);
                    network.provide(99);
                    network.provide(50);
                    network.provide(20);
                    network.run(Duration.ofSeconds(1));
                    network.search(0, 1);
                    network.run(Duration.ofSeconds(6));
                    var first = network.messages;
                    var again = network.search(0, 1);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers.get(again)).hasSize(1);
                    assertThat(network.messages).as("no query at all").isEqualTo(first);
                });
    }

    @Test
    void amongThirtyTheOnlyProviderIsFoundWithoutADht() {
        var usual = SearchSettings.defaults();
        var settings = usual.withStages(usual.stages().withLongWalks());
        Seeds.forEach(
                50,
                random -> {
                    var network = new Network(random, 30, 8, 0, settings);
                    network.run(Duration.ofSeconds(1));
                    network.provide(29); // No filter tells of it yet.
                    var askId = network.search(0, 1);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.answers.get(askId)).hasSize(1);
                });
    }

    /// Four walks of twelve steps, with two promising neighbours at most asked at each.
    @Test
    void anUnknownTagCostsABoundedNumberOfMessages() {
        Seeds.forEach(
                10,
                random -> {
                    var network = new Network(random, 200, 12, 0);
                    network.run(Duration.ofSeconds(1));
                    var askId = network.search(0, 16);
                    network.run(Duration.ofSeconds(6));
                    assertThat(network.over).contains(askId);
                    assertThat(network.answers.get(askId)).isEmpty();
                    assertThat(network.messages).isLessThanOrEqualTo(4 * 12);
                });
    }
}
