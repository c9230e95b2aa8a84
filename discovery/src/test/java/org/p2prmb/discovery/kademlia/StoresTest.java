package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.RecordStore.Outcome;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// What a peer keeps for others has bounds, whoever sends how much.
final class StoresTest {
    private static final Instant NOW = KadWorld.START;
    private static final Multiaddr SYBILS = KadWorld.address(9_999);
    private static final Duration TTL = Duration.ofHours(48);
    private final RandomGenerator random = new SplittableRandom(3);
    private final Key self = Key.of(KadWorld.randomId(random));
    private final RecordStore records =
            new RecordStore(self, new Validators(Map.of("test", new HighestByte())), TTL);
    private final ProviderStore providers = new ProviderStore(self, TTL, true, random);

    private int networks;

    private KadPeer peer() {
        return KadPeer.of(KadWorld.randomId(random), List.of(KadWorld.address(1)));
    }

    private boolean add(Bytes key, KadPeer provider, Instant now) {
        return add(key, provider, KadWorld.address(networks++), now);
    }

    private boolean add(Bytes key, KadPeer provider, Multiaddr from, Instant now) {
        return providers.add(key, provider, IpGroup.of(from), now);
    }

    private static KadRecord record(int number, String value) {
        return new KadRecord(Bytes.utf8("/test/" + number), Bytes.utf8(value));
    }

    @Test
    void aMillionProviderRecordsOfOnePeerTakeItsShareAndNoMore() {
        var flooder = peer();
        for (int number = 0; number < 1_000_000; number++) {
            add(Bytes.wrap(Seeds.bytes(random, 34)), flooder, SYBILS, NOW);
        }
        assertThat(providers.size()).isEqualTo(ProviderStore.KEYS_PER_PROVIDER_MAX);
        var honest = peer();
        assertThat(add(Bytes.utf8("key"), honest, NOW)).isTrue();
        assertThat(providers.find(Bytes.utf8("key"), 20, NOW)).containsExactly(honest);
    }

    @Test
    void aKeyThatIsFullKeepsItsProvidersUntilTheyExpire() {
        var key = Bytes.utf8("key");
        var first = peer();
        add(key, first, NOW);
        for (int number = 0; number < 200; number++) {
            add(key, peer(), NOW.plusSeconds(1));
        }
        assertThat(providers.find(key, 1_000, NOW))
                .hasSize(ProviderStore.PROVIDERS_PER_KEY_MAX)
                .contains(first);
        var newcomer = peer();
        assertThat(add(key, newcomer, NOW.plus(TTL).plusSeconds(2))).isTrue();
        assertThat(providers.find(key, 9, NOW.plus(TTL).plusSeconds(3))).containsExactly(newcomer);
    }

    /// Censoring a tag: they fill the key, and renew their records all the time.
    @Test
    void sybilsOfOneNetworkHideNobodyAndTakeNobodysPlace() {
        var key = Bytes.utf8("key");
        var honest = new ArrayList<KadPeer>();
        for (int number = 0; number < 10; number++) {
            honest.add(peer());
            add(key, honest.getLast(), NOW);
        }
        var sybils = new ArrayList<KadPeer>();
        for (int number = 0; number < 100; number++) {
            sybils.add(peer());
        }
        for (int minute = 1; minute < 10; minute++) {
            for (var sybil : sybils) {
                add(key, sybil, SYBILS, NOW.plusSeconds(minute * 60));
            }
            assertThat(providers.find(key, 20, NOW.plusSeconds(minute * 60)))
                    .hasSize(20)
                    .containsAll(honest);
        }
        for (int number = 0; number < 9; number++) {
            honest.add(peer());
            assertThat(add(key, honest.getLast(), NOW.plusSeconds(600))).isTrue();
        }
        assertThat(add(key, peer(), SYBILS, NOW.plusSeconds(600))).isFalse();
        assertThat(providers.find(key, 20, NOW.plusSeconds(600))).hasSize(20).containsAll(honest);
        assertThat(providers.find(key, 100, NOW.plusSeconds(600)))
                .hasSize(ProviderStore.PROVIDERS_PER_KEY_MAX);
    }

    @Test
    void whoRenewsMoreOftenIsFoundNoMoreOften() {
        var key = Bytes.utf8("key");
        var quiet = peer();
        add(key, quiet, NOW);
        for (int number = 0; number < 39; number++) {
            add(key, peer(), NOW.plusSeconds(1));
        }
        int found = 0;
        for (int draw = 0; draw < 1_000; draw++) {
            found += providers.find(key, 20, NOW.plusSeconds(1)).contains(quiet) ? 1 : 0;
        }
        assertThat(found).isBetween(430, 570);
    }

    @Test
    void whoDidNotRenewInTimeIsFoundAfterThoseWhoDid() {
        var key = Bytes.utf8("key");
        for (int number = 0; number < 20; number++) {
            add(key, peer(), NOW);
        }
        var living = peer();
        add(key, living, NOW);
        var later = NOW.plus(TTL.dividedBy(2));
        add(key, living, later);
        assertThat(providers.find(key, 20, later)).hasSize(20);
        assertThat(providers.find(key, 20, later.plus(TTL.dividedBy(7)))).startsWith(living);
    }

    @Test
    void manyPeersTogetherAreBoundedAndTheNearestKeysStay() {
        for (int number = 0; number < 200; number++) {
            var flooder = peer();
            for (int each = 0; each < 300; each++) {
                add(Bytes.wrap(Seeds.bytes(random, 34)), flooder, SYBILS, NOW);
            }
        }
        assertThat(providers.size()).isLessThanOrEqualTo(ProviderStore.KEYS_MAX);
        var near = nearKey();
        assertThat(add(near, peer(), NOW)).isTrue();
        assertThat(providers.find(near, 1, NOW)).hasSize(1);
        providers.expire(NOW.plus(TTL));
        assertThat(providers.size()).isZero();
    }

    private Bytes nearKey() {
        for (int tries = 0; tries < 1_000_000; tries++) {
            var key = Bytes.wrap(Seeds.bytes(random, 34));
            if (self.commonPrefix(Key.of(key)) > 14) {
                return key;
            }
        }
        throw new AssertionError("no key is near");
    }

    @Test
    void renewingKeepsAProviderAndItsNewAddresses() {
        var key = Bytes.utf8("key");
        var provider = peer();
        add(key, provider, NOW);
        var moved = provider.withAddresses(List.of(KadWorld.address(9)));
        add(key, moved, NOW.plus(TTL.dividedBy(2)));
        providers.expire(NOW.plus(TTL));
        assertThat(providers.find(key, 9, NOW.plus(TTL))).containsExactly(moved);
    }

    @Test
    @DisplayName("nim-libp2p#2820: a key need not be a multihash")
    void keysOfNoLengthOrTooLongAreRefused() {
        assertThat(add(Bytes.EMPTY, peer(), NOW)).isFalse();
        assertThat(add(Bytes.wrap(new byte[81]), peer(), NOW)).isFalse();
        assertThat(add(Bytes.wrap(new byte[80]), peer(), NOW)).isTrue();
    }

    @Test
    void aBetterValueReplacesAWorseOneAndNeverTheOtherWayRound() {
        var from = peer().id();
        assertThat(records.put(from, record(1, "v5"), NOW)).isEqualTo(Outcome.STORED);
        assertThat(records.put(from, record(1, "v4"), NOW)).isEqualTo(Outcome.WORSE);
        assertThat(records.put(peer().id(), record(1, "v6"), NOW)).isEqualTo(Outcome.STORED);
        assertThat(records.find(Bytes.utf8("/test/1"), NOW).orElseThrow().value())
                .isEqualTo(Bytes.utf8("v6"));
        assertThat(records.find(Bytes.utf8("/test/1"), NOW).orElseThrow().receivedAt())
                .contains(NOW);
    }

    @Test
    void valuesThatNoValidatorAcceptsAreNotStored() {
        var from = peer().id();
        assertThat(records.put(from, record(1, "x5"), NOW)).isEqualTo(Outcome.INVALID);
        var unknown = new KadRecord(Bytes.utf8("/other/1"), Bytes.utf8("v5"));
        assertThat(records.put(from, unknown, NOW)).isEqualTo(Outcome.INVALID);
        var large = record(1, "v" + "x".repeat(RecordStore.VALUE_BYTES_MAX));
        assertThat(records.put(from, large, NOW)).isEqualTo(Outcome.INVALID);
        assertThat(records.size()).isZero();
    }

    @Test
    void valuesAreBoundedForEachPeerAndInAll() {
        var flooder = peer().id();
        for (int number = 0; number < 1_000; number++) {
            records.put(flooder, record(number, "v1"), NOW);
        }
        assertThat(records.size()).isEqualTo(RecordStore.RECORDS_PER_PEER_MAX);
        for (int number = 0; number < 5_000; number++) {
            records.put(peer().id(), record(number, "v2" + "x".repeat(9_000)), NOW);
        }
        assertThat(records.size()).isLessThanOrEqualTo(RecordStore.RECORDS_MAX);
        assertThat(records.bytes()).isLessThanOrEqualTo(8L * 1024 * 1024);
        records.expire(NOW.plus(TTL));
        assertThat(records.size()).isZero();
        assertThat(records.bytes()).isZero();
        assertThat(records.put(flooder, record(1, "v1"), NOW)).isEqualTo(Outcome.STORED);
    }
}
