package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;

/// Whole networks of liveness machines in one thread, from one seed.
final class LivenessSimulationTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final List<PeerId> PEERS = peers(200);

    private static List<PeerId> peers(int count) {
        var peers = new ArrayList<PeerId>();
        for (int number = 0; number < count; number++) {
            var seed = new byte[32];
            seed[0] = (byte) number;
            seed[1] = (byte) (number >>> 8);
            peers.add(KeyPair.ed25519(Bytes.wrap(seed)).peerId());
        }
        return peers;
    }

    /// Machines on a random graph. Frames travel on streams, so a lost packet is a delay: it is
    /// sent again after 0.3 s, 0.6 s, ... as TCP does.
    private static final class Network {
        private record Scheduled(Instant at, long order, Runnable event) {}

        private final RandomGenerator random;
        private final double loss;
        private final Map<PeerId, LivenessMachine> machines = new LinkedHashMap<>();
        private final Map<PeerId, Set<PeerId>> connected = new HashMap<>();
        private final Map<PeerId, Set<PeerId>> hidden = new HashMap<>();
        private final Map<PeerId, Long> sequences = new HashMap<>();
        private final Set<PeerId> crashed = new HashSet<>();
        private final PriorityQueue<Scheduled> due =
                new PriorityQueue<>(
                        Comparator.comparing(Scheduled::at).thenComparingLong(Scheduled::order));
        private BiPredicate<PeerId, PeerId> cut = (from, to) -> false;
        private int falseDeaths;
        private Instant now = Instant.EPOCH;
        private long order;

        Network(RandomGenerator random, int size, int degree, double loss) {
            this.random = random;
            this.loss = loss;
            for (var peer : PEERS.subList(0, size)) {
                machines.put(
                        peer,
                        new LivenessMachine(
                                LivenessConfig.of(INTERVAL),
                                new SplittableRandom(random.nextLong())));
                connected.put(peer, new LinkedHashSet<>());
                hidden.put(peer, new HashSet<>());
            }
            for (int number = 1; number < size; number++) {
                connect(PEERS.get(number), PEERS.get(random.nextInt(number)));
            }
            for (int edge = 0; edge < size * (degree - 2) / 2; edge++) {
                connect(PEERS.get(random.nextInt(size)), PEERS.get(random.nextInt(size)));
            }
        }

        private Set<PeerId> neighbours(PeerId peer) {
            return connected.getOrDefault(peer, Set.of());
        }

        private Set<PeerId> hiddenBy(PeerId peer) {
            return hidden.getOrDefault(peer, Set.of());
        }

        private void connect(PeerId one, PeerId other) {
            if (one.equals(other)) {
                return;
            }
            connected.get(one).add(other);
            connected.get(other).add(one);
            apply(one, new Event.Connected(other));
            apply(other, new Event.Connected(one));
        }

        /// As a kill does; its last frames may still be under way. The remotes see the connection
        /// close, unless the machine itself went dark.
        void crash(PeerId peer, boolean dark) {
            crashed.add(peer);
            for (var other : List.copyOf(neighbours(peer))) {
                connected.get(other).remove(peer);
                if (!dark) {
                    later(delay(), () -> apply(other, new Event.Disconnected(peer)));
                }
            }
        }

        void leave(PeerId peer) {
            apply(peer, new Event.Leave());
            crash(peer, false);
        }

        private Duration delay() {
            return Duration.ofMillis(random.nextInt(1, 200));
        }

        private void later(Duration delay, Runnable event) {
            due.add(new Scheduled(now.plus(delay), ++order, event));
        }

        private void apply(PeerId at, Event event) {
            if (!crashed.contains(at)) {
                machines.get(at).on(now, event).forEach(action -> perform(at, action));
            }
        }

        private void perform(PeerId at, Action action) {
            switch (action) {
                case Action.RenewLease(var to, var leaving) -> {
                    var lease = lease(at, leaving);
                    to.forEach(peer -> send(at, peer, new Event.LeaseReceived(lease)));
                }
                case Action.SendPing(var to, var nonce) ->
                        send(at, to, new Event.PingReceived(at, nonce));
                case Action.SendPong(var to, var nonce) ->
                        send(at, to, new Event.PongReceived(at, nonce));
                case Action.Dial(var to) -> later(delay(), () -> dial(at, to));
                case Action.FetchRecord _ -> {}
                case Action.MarkAlive(var peer) -> hidden.get(at).remove(peer);
                case Action.MarkDead(var peer, _) -> {
                    hidden.get(at).add(peer);
                    falseDeaths += crashed.contains(peer) ? 0 : 1;
                }
            }
        }

        private Lease lease(PeerId at, boolean leaving) {
            var sequence = sequences.merge(at, 1L, Long::sum);
            var ttl = INTERVAL.multipliedBy(4);
            return new Lease(at, sequence, ttl, INTERVAL, List.of(), 1, leaving);
        }

        private void send(PeerId from, PeerId to, Event event) {
            transmit(from, to, event, Duration.ofMillis(300));
        }

        private void transmit(PeerId from, PeerId to, Event event, Duration again) {
            if (random.nextDouble() >= loss && !cut.test(from, to)) {
                later(delay(), () -> apply(to, event));
            } else if (again.compareTo(Duration.ofSeconds(80)) < 0) {
                later(
                        again,
                        () -> {
                            if (!crashed.contains(from)) {
                                transmit(from, to, event, again.multipliedBy(2));
                            }
                        });
            }
        }

        private void dial(PeerId from, PeerId to) {
            if (crashed.contains(to) || cut.test(from, to) || random.nextDouble() < loss * loss) {
                apply(from, new Event.DialFailed(to));
            } else if (!crashed.contains(from)) {
                connect(from, to);
            }
        }

        void breakConnection(PeerId one, PeerId other) {
            connected.get(one).remove(other);
            connected.get(other).remove(one);
            apply(one, new Event.Disconnected(other));
            apply(other, new Event.Disconnected(one));
        }

        void run(Duration time) {
            var end = now.plus(time);
            for (var next = nextInstant(); !next.isAfter(end); next = nextInstant()) {
                now = next.isAfter(now) ? next : now;
                machines.forEach(this::tickIfDue);
                while (!due.isEmpty() && !due.element().at().isAfter(now)) {
                    due.remove().event().run();
                }
            }
            now = end;
        }

        private void tickIfDue(PeerId peer, LivenessMachine machine) {
            if (!crashed.contains(peer) && !now.isBefore(machine.nextTick())) {
                machine.tick(now).forEach(action -> perform(peer, action));
            }
        }

        private Instant nextInstant() {
            var next = due.isEmpty() ? Instant.MAX : due.element().at();
            for (var entry : machines.entrySet()) {
                var tick = entry.getValue().nextTick();
                next = crashed.contains(entry.getKey()) || next.isBefore(tick) ? next : tick;
            }
            return next;
        }
    }

    @Test
    void theDarkAreHiddenWithinAMinuteAndNoLivingOneEver() {
        Seeds.forEach(
                20,
                random -> {
                    var network = new Network(random, random.nextInt(20, 201), 8, 0.05);
                    network.run(Duration.ofSeconds(random.nextInt(60, 180)));
                    var victim = PEERS.get(0);
                    var witnesses = List.copyOf(network.neighbours(victim));
                    network.crash(victim, true);
                    network.run(Duration.ofSeconds(60));
                    for (var witness : witnesses) {
                        assertThat(network.hiddenBy(witness)).contains(victim);
                    }
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @Test
    void theKilledAreHiddenWithinFifteenSecondsThoughTheirLastWordsComeLate() {
        Seeds.forEach(
                50,
                random -> {
                    var network = new Network(random, 20, 6, 0.05);
                    network.run(Duration.ofSeconds(random.nextInt(60, 180)));
                    var victim = PEERS.get(0);
                    var witnesses = List.copyOf(network.neighbours(victim));
                    // A lease that is still in the pipe when the connection closes.
                    network.perform(victim, new Action.RenewLease(witnesses, false));
                    network.crash(victim, false);
                    network.run(Duration.ofSeconds(15));
                    for (var witness : witnesses) {
                        assertThat(network.hiddenBy(witness)).contains(victim);
                    }
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @Test
    void whoLeavesIsHiddenWithinSeconds() {
        Seeds.forEach(
                20,
                random -> {
                    var network = new Network(random, 30, 6, 0);
                    network.run(Duration.ofSeconds(90));
                    var victim = PEERS.get(0);
                    var witnesses = List.copyOf(network.neighbours(victim));
                    network.leave(victim);
                    network.run(Duration.ofSeconds(1));
                    for (var witness : witnesses) {
                        assertThat(network.hiddenBy(witness)).contains(victim);
                    }
                });
    }

    @Test
    void aBrokenConnectionHidesNobodyWhoCanBeDialled() {
        Seeds.forEach(
                20,
                random -> {
                    var network = new Network(random, 30, 6, 0);
                    network.run(Duration.ofSeconds(90));
                    var one = PEERS.get(0);
                    for (var other : List.copyOf(network.neighbours(one))) {
                        network.breakConnection(one, other);
                    }
                    network.run(Duration.ofMinutes(3));
                    assertThat(network.falseDeaths).isZero();
                    assertThat(network.neighbours(one)).isNotEmpty();
                });
    }

    @Test
    void aHealedPartitionHidesNobodyForLong() {
        Seeds.forEach(
                20,
                random -> {
                    var network = new Network(random, 40, 6, 0.05);
                    network.run(Duration.ofSeconds(90));
                    network.cut =
                            (from, to) -> (PEERS.indexOf(from) < 20) != (PEERS.indexOf(to) < 20);
                    network.run(Duration.ofMinutes(2));
                    assertThat(network.falseDeaths).as("the other half is hidden").isPositive();
                    network.cut = (from, to) -> false;
                    network.run(Duration.ofSeconds(60));
                    for (var peer : PEERS.subList(0, 40)) {
                        assertThat(network.hiddenBy(peer)).isEmpty();
                    }
                });
    }
}
