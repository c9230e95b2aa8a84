package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Set;

final class RelayPlacesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TTL = Duration.ofHours(1);
    private static final Bytes HOME = Bytes.hex("c0000201");

    private static PeerId peer(int number) {
        return new PeerId(Bytes.hex("1220" + "%064x".formatted(number)));
    }

    private static Bytes network(int number) {
        return Bytes.hex("%08x".formatted(number));
    }

    private static RelayConfig config() {
        return RelayConfig.defaults()
                .withPlaces(new RelayConfig.Places(4, 2, TTL))
                .withCircuits(
                        new RelayConfig.Circuits(
                                3, 2, new CircuitLimit(Duration.ofMinutes(2), 1000)));
    }

    private final RelayPlaces places = new RelayPlaces(config());

    private RelayStatus reserve(int peer) {
        return places.reserve(START, peer(peer), network(peer));
    }

    private RelayStatus open(int from, int to) {
        return places.open(START, peer(from), network(from), peer(to));
    }

    @Test
    void aFullRelayRefusesNewcomersAndKeepsWhoIsThere() {
        for (var number = 0; number < 4; number++) {
            assertThat(reserve(number)).isEqualTo(RelayStatus.OK);
        }
        assertThat(reserve(4)).isEqualTo(RelayStatus.RESERVATION_REFUSED);
        assertThat(reserve(3)).isEqualTo(RelayStatus.OK);
        places.leave(peer(0));
        assertThat(reserve(4)).isEqualTo(RelayStatus.OK);
        assertThat(places.reservations()).isEqualTo(4);
    }

    @Test
    void oneNetworkTakesAFewPlacesOnly() {
        assertThat(places.reserve(START, peer(1), HOME)).isEqualTo(RelayStatus.OK);
        assertThat(places.reserve(START, peer(2), HOME)).isEqualTo(RelayStatus.OK);
        assertThat(places.reserve(START, peer(3), HOME)).isEqualTo(RelayStatus.RESERVATION_REFUSED);
        assertThat(places.reserve(START, peer(2), HOME)).isEqualTo(RelayStatus.OK);
        assertThat(places.reserve(START, peer(3), null)).isEqualTo(RelayStatus.OK);
    }

    @Test
    void placesExpireUnlessTheyAreAskedForAgain() {
        assertThat(reserve(1)).isEqualTo(RelayStatus.OK);
        var later = START.plus(TTL);
        assertThat(places.open(later, peer(9), null, peer(1)))
                .isEqualTo(RelayStatus.NO_RESERVATION);
        for (var number = 2; number < 6; number++) {
            assertThat(places.reserve(later, peer(number), null)).isEqualTo(RelayStatus.OK);
        }
        assertThat(places.reservations()).isEqualTo(4);
    }

    @Test
    void circuitsAreBoundedTogetherAndForEachPeer() {
        for (var number = 1; number < 4; number++) {
            reserve(number);
        }
        assertThat(open(9, 1)).isEqualTo(RelayStatus.OK);
        assertThat(open(8, 1)).isEqualTo(RelayStatus.OK);
        assertThat(open(7, 1)).isEqualTo(RelayStatus.RESOURCE_LIMIT_EXCEEDED);
        assertThat(open(9, 2)).isEqualTo(RelayStatus.OK);
        assertThat(open(7, 3)).isEqualTo(RelayStatus.RESOURCE_LIMIT_EXCEEDED);
        places.ended(peer(8), peer(1));
        assertThat(open(9, 3)).isEqualTo(RelayStatus.RESOURCE_LIMIT_EXCEEDED);
        assertThat(open(7, 1)).isEqualTo(RelayStatus.OK);
        assertThat(open(7, 6)).isEqualTo(RelayStatus.NO_RESERVATION);
    }

    /// Two callers, or one network, could keep everybody else from an agent behind its relay.
    @Test
    void neitherACallerNorItsNetworkTakesAllCircuitsOfAPeer() {
        var usual = new RelayPlaces(RelayConfig.defaults());
        usual.reserve(START, peer(1), network(1));
        var given = new ArrayList<PeerId>();
        for (var caller = 10; caller < 15; caller++) {
            for (var count = 0; count < 3; count++) {
                if (usual.open(START, peer(caller), HOME, peer(1)) == RelayStatus.OK) {
                    given.add(peer(caller));
                }
            }
        }
        assertThat(given).containsExactly(peer(10), peer(10), peer(11), peer(11));
        assertThat(usual.open(START, peer(20), network(20), peer(1))).isEqualTo(RelayStatus.OK);
        usual.ended(peer(10), peer(1));
        assertThat(usual.open(START, peer(14), HOME, peer(1))).isEqualTo(RelayStatus.OK);
    }

    @Test
    void whoAsksTooOftenIsRefusedUntilTimeHasPassed() {
        for (var count = 0; count < 30; count++) {
            assertThat(reserve(1)).isEqualTo(RelayStatus.OK);
        }
        assertThat(reserve(1)).isEqualTo(RelayStatus.RESOURCE_LIMIT_EXCEEDED);
        assertThat(reserve(2)).isEqualTo(RelayStatus.OK);
        var later = START.plus(Duration.ofMinutes(2));
        assertThat(places.reserve(later, peer(1), network(1))).isEqualTo(RelayStatus.OK);
        assertThat(places.reserve(later, peer(1), network(1)))
                .isEqualTo(RelayStatus.RESOURCE_LIMIT_EXCEEDED);
    }

    @Test
    void manyIdentitiesOfOneNetworkAskTogether() {
        for (var count = 0; count < 60; count++) {
            places.open(START, peer(100 + count), HOME, peer(1));
        }
        assertThat(places.open(START, peer(99), HOME, peer(1)))
                .isEqualTo(RelayStatus.RESOURCE_LIMIT_EXCEEDED);
        assertThat(places.open(START, peer(99), network(1), peer(1)))
                .isEqualTo(RelayStatus.NO_RESERVATION);
    }

    @Test
    void ownPeersAlwaysFindAPlaceAndHaveTheirOwnLimit() {
        var limit = new CircuitLimit(Duration.ofMinutes(30), 16 << 20);
        var config = config().withOwn(new RelayConfig.Own(Set.of(peer(50)), false, limit));
        var full = new RelayPlaces(config);
        for (var number = 0; number < 4; number++) {
            full.reserve(START, peer(number), null);
        }
        assertThat(full.reserve(START, peer(50), null)).isEqualTo(RelayStatus.OK);
        assertThat(config.limit(peer(50))).isEqualTo(limit);
        assertThat(config.limit(peer(1)).bytesMax()).isEqualTo(1000);
    }

    @Test
    void aRelayForItsOwnDeniesStrangers() {
        var own =
                new RelayPlaces(
                        config().withOwn(
                                        new RelayConfig.Own(
                                                Set.of(peer(50)), true, CircuitLimit.NONE)));
        assertThat(own.reserve(START, peer(1), null)).isEqualTo(RelayStatus.PERMISSION_DENIED);
        assertThat(own.reserve(START, peer(50), null)).isEqualTo(RelayStatus.OK);
        assertThat(own.open(START, peer(1), null, peer(50))).isEqualTo(RelayStatus.OK);
    }

    /// Whatever is asked in whatever order, no bound is passed, and all that ends is given back.
    @Test
    void noOrderOfRequestsPassesABound() {
        record Open(PeerId from, PeerId to) {}
        Seeds.forEach(
                200,
                random -> {
                    var some = new RelayPlaces(config());
                    var circuits = new ArrayDeque<Open>();
                    var now = START;
                    for (var step = 0; step < 300; step++) {
                        now = now.plusSeconds(random.nextInt(120));
                        var from = peer(random.nextInt(8));
                        var to = peer(random.nextInt(8));
                        switch (random.nextInt(4)) {
                            case 0 -> some.reserve(now, from, network(random.nextInt(3)));
                            case 1 -> {
                                if (some.open(now, from, null, to) == RelayStatus.OK) {
                                    circuits.add(new Open(from, to));
                                }
                            }
                            case 2 -> some.leave(from);
                            default -> {
                                var over = circuits.poll();
                                if (over != null) {
                                    some.ended(over.from(), over.to());
                                }
                            }
                        }
                        assertThat(some.reservations()).isLessThanOrEqualTo(4);
                        assertThat(some.circuits())
                                .isEqualTo(circuits.size())
                                .isLessThanOrEqualTo(3);
                    }
                    circuits.forEach(over -> some.ended(over.from(), over.to()));
                    assertThat(some.circuits()).isZero();
                });
    }
}
