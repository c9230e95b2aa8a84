package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

final class RoutingTableTest {
    private static final Instant NOW = KadWorld.START;
    private static final Duration DOUBTED_AFTER = Duration.ofMinutes(10);
    private final RandomGenerator random = new SplittableRandom(7);
    private final Key self = Key.of(KadWorld.randomId(random));
    private final RoutingTable table = new RoutingTable(self, DOUBTED_AFTER, false);

    private KadPeer peer(int number) {
        return KadPeer.of(KadWorld.randomId(random), List.of(KadWorld.address(number)));
    }

    private KadPeer peerInBucket(int prefix, Multiaddr address) {
        for (int tries = 0; tries < 100_000; tries++) {
            var peer = KadPeer.of(KadWorld.randomId(random), List.of(address));
            if (self.commonPrefix(peer.key()) == prefix) {
                return peer;
            }
        }
        throw new AssertionError("no id for bucket " + prefix);
    }

    private static long group(KadPeer peer) {
        return IpGroup.of(peer.addresses().getFirst());
    }

    private List<KadPeer> fill(int prefix, int from) {
        var peers = new ArrayList<KadPeer>();
        for (int number = 0; number < KademliaConfig.K; number++) {
            var peer = peerInBucket(prefix, KadWorld.address(from + number));
            assertThat(table.answered(peer, group(peer), NOW.plusSeconds(number))).isNull();
            peers.add(peer);
        }
        return peers;
    }

    @Test
    void theClosestAreThoseThatAFullSortFinds() {
        Seeds.forEach(
                20,
                seeded -> {
                    var own = Key.of(KadWorld.randomId(seeded));
                    var filled = new RoutingTable(own, DOUBTED_AFTER, false);
                    for (int number = 0; number < 300; number++) {
                        var peer =
                                KadPeer.of(
                                        KadWorld.randomId(seeded),
                                        List.of(KadWorld.address(number)));
                        filled.answered(peer, group(peer), NOW);
                    }
                    for (int number = 0; number < 20; number++) {
                        var target = Key.of(KadWorld.randomId(seeded));
                        var sorted = new ArrayList<>(filled.all());
                        sorted.sort((a, b) -> target.compareDistances(a.key(), b.key()));
                        assertThat(filled.closest(target, 20, true))
                                .isEqualTo(sorted.subList(0, 20));
                    }
                });
    }

    @Test
    void aHundredSybilsOfOneNetworkGetThreePlacesAndTwoInABucket() {
        for (int number = 0; number < 100; number++) {
            var address = Multiaddr.parse("/ip4/51.7.%d.1/tcp/4001".formatted(number));
            var sybil = KadPeer.of(KadWorld.randomId(random), List.of(address));
            table.answered(sybil, group(sybil), NOW);
        }
        assertThat(table.size()).isLessThanOrEqualTo(RoutingTable.GROUP_MAX);
        for (int prefix = 0; prefix < table.bucketCount(); prefix++) {
            assertThat(table.bucket(prefix))
                    .hasSizeLessThanOrEqualTo(RoutingTable.GROUP_IN_BUCKET_MAX);
        }
        var honest = peer(1);
        table.answered(honest, group(honest), NOW);
        assertThat(table.find(honest.key())).isNotNull();
    }

    @Test
    void sybilsWhoWaitForThePlaceOfADeadPeerAreCountedToo() {
        var full = fill(0, 0);
        var network = Multiaddr.parse("/ip4/51.7.1.1/tcp/4001");
        for (int number = 0; number < KademliaConfig.K; number++) {
            var sybil = peerInBucket(0, network);
            var doubted = table.answered(sybil, group(sybil), NOW.plus(Duration.ofHours(1)));
            if (doubted != null) {
                table.failed(doubted.key());
            }
            table.failed(full.get(number).key());
            table.failed(full.get(number).key());
        }
        assertThat(table.bucket(0)).hasSizeLessThanOrEqualTo(RoutingTable.GROUP_IN_BUCKET_MAX);
    }

    @Test
    void loopbackHasNoLimitWhenItIsExempt() {
        var lenient = new RoutingTable(self, DOUBTED_AFTER, true);
        for (int number = 0; number < 10; number++) {
            var address = Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (4001 + number));
            var peer = KadPeer.of(KadWorld.randomId(random), List.of(address));
            lenient.answered(peer, group(peer), NOW);
            table.answered(peer, group(peer), NOW);
        }
        assertThat(lenient.size()).isEqualTo(10);
        assertThat(table.size()).isLessThanOrEqualTo(RoutingTable.GROUP_MAX);
    }

    @Test
    void aNewcomerGetsThePlaceOfADeadPeerOnly() {
        var full = fill(1, 0);
        var newcomer = peerInBucket(1, KadWorld.address(100));
        var later = NOW.plus(Duration.ofHours(1));
        assertThat(table.answered(newcomer, group(newcomer), later)).isEqualTo(full.getFirst());
        table.answered(full.getFirst(), group(full.getFirst()), later);
        table.settled(full.getFirst().key());
        assertThat(table.find(newcomer.key())).isNull();

        var muchLater = later.plus(Duration.ofHours(1));
        assertThat(table.answered(newcomer, group(newcomer), muchLater)).isEqualTo(full.get(1));
        table.failed(full.get(1).key());
        assertThat(table.find(newcomer.key())).isNotNull();
        assertThat(table.find(full.get(1).key())).isNull();
        assertThat(table.bucket(1)).hasSize(KademliaConfig.K);
    }

    @Test
    void whoWasHeardOfLatelyIsNotEvenAsked() {
        fill(1, 0);
        var newcomer = peerInBucket(1, KadWorld.address(100));
        assertThat(table.answered(newcomer, group(newcomer), NOW.plusSeconds(60))).isNull();
        assertThat(table.find(newcomer.key())).isNull();
    }

    @Test
    void onlyTheSecondFailureInARowCosts() {
        var peer = peer(1);
        table.answered(peer, group(peer), NOW);
        table.failed(peer.key());
        assertThat(table.closest(self, 20, false)).containsExactly(peer);
        assertThat(table.closest(self, 20, true)).isEmpty();
        table.answered(peer, group(peer), NOW);
        table.failed(peer.key());
        assertThat(table.find(peer.key())).isNotNull();
        table.failed(peer.key());
        assertThat(table.find(peer.key())).isNull();
    }
}
