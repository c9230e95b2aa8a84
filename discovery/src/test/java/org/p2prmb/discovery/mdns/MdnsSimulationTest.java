package org.p2prmb.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.mdns.MdnsMachine.Action;
import org.p2prmb.discovery.mdns.MdnsMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Several machines on one lossy network that carries every packet to all, the sender included.
final class MdnsSimulationTest {
    private static final Link LINK =
            new Link("eth0", List.of(new Subnet(Bytes.hex("0a000001"), 8)));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void allFindEachOtherThoughPacketsAreLost() {
        Seeds.forEach(
                50,
                random -> {
                    var network = new Network(random, 0.2);
                    var size = random.nextInt(2, 9);
                    for (var index = 0; index < size; index++) {
                        network.add();
                    }
                    network.run(Duration.ofSeconds(60));
                    for (var station : network.stations) {
                        assertThat(station.found).hasSize(size - 1).doesNotContain(station.self);
                    }
                });
    }

    @Test
    void aNewcomerIsKnownToAllWithinSecondsAndWhoFallsSilentIsForgotten() {
        Seeds.forEach(
                30,
                random -> {
                    var network = new Network(random, 0);
                    for (var index = 0; index < 4; index++) {
                        network.add();
                    }
                    network.run(Duration.ofMinutes(30));
                    var silent = network.stations.removeFirst();
                    var newcomer = network.add();
                    network.run(Duration.ofSeconds(2));
                    assertThat(newcomer.found).hasSize(3);
                    assertThat(network.stations)
                            .filteredOn(station -> station != newcomer)
                            .allMatch(station -> station.found.contains(newcomer.self));
                    network.run(Duration.ofMinutes(11));
                    assertThat(network.stations)
                            .noneMatch(station -> station.found.contains(silent.self))
                            .allMatch(station -> station.found.size() == 3);
                });
    }

    @Test
    void twentyOfThemSendAFewPacketsAMinute() {
        Seeds.forEach(
                3,
                random -> {
                    var network = new Network(random, 0.05);
                    for (var index = 0; index < 20; index++) {
                        network.add();
                    }
                    network.run(Duration.ofMinutes(20));
                    var before = network.sent;
                    network.run(Duration.ofMinutes(30));
                    // Each asks once in five minutes, and answers each question of the others.
                    assertThat((network.sent - before) / 20.0 / 30).isLessThan(6);
                });
    }

    private static final class Station {
        final PeerId self;
        final MdnsMachine machine;
        final Set<PeerId> found = new HashSet<>();

        Station(RandomGenerator random, int number) {
            self = KeyPair.ed25519(Bytes.wrap(Seeds.bytes(random, 32))).peerId();
            var own = Multiaddr.parse("/ip4/10.0.0." + (number + 1) + "/tcp/4001");
            machine = new MdnsMachine(self, List.of(own), LINK, MdnsConfig.defaults(), random);
        }
    }

    private record Delivery(Instant at, Station to, DnsMessage message) {}

    private static final class Network {
        final List<Station> stations = new ArrayList<>();
        private final RandomGenerator random;
        private final double loss;
        private final PriorityQueue<Delivery> wire =
                new PriorityQueue<>(Comparator.comparing(Delivery::at));
        private Instant now = START;
        private int added;
        int sent;

        Network(RandomGenerator random, double loss) {
            this.random = random;
            this.loss = loss;
        }

        Station add() {
            var station = new Station(random, added++);
            stations.add(station);
            return station;
        }

        void run(Duration time) throws ProtocolException {
            var end = now.plus(time);
            for (var next = next(); !next.isAfter(end); next = next()) {
                now = next.isAfter(now) ? next : now;
                while (!wire.isEmpty() && !wire.peek().at().isAfter(now)) {
                    var arrived = wire.remove();
                    var event = new Event.Received(arrived.message());
                    act(arrived.to(), arrived.to().machine.on(now, event));
                }
                for (var station : stations) {
                    if (!station.machine.nextTick().isAfter(now)) {
                        act(station, station.machine.tick(now));
                    }
                }
            }
            now = end;
        }

        private Instant next() {
            var next = wire.isEmpty() ? Instant.MAX : wire.peek().at();
            for (var station : stations) {
                var tick = station.machine.nextTick();
                next = tick.isBefore(next) ? tick : next;
            }
            return next;
        }

        private void act(Station station, List<Action> actions) throws ProtocolException {
            for (var action : actions) {
                switch (action) {
                    case Action.Send(var packet) -> send(packet);
                    case Action.Found(var peer, var addresses) -> {
                        assertThat(addresses).allMatch(LINK::reaches);
                        station.found.add(peer);
                    }
                    case Action.Lost(var peer) -> assertThat(station.found.remove(peer)).isTrue();
                }
            }
        }

        private void send(Bytes packet) throws ProtocolException {
            sent++;
            var message = DnsMessage.decode(packet);
            for (var station : stations) {
                if (random.nextDouble() >= loss) {
                    var at = now.plusNanos(random.nextLong(100_000, 5_000_000));
                    wire.add(new Delivery(at, station, message));
                }
            }
        }
    }
}
