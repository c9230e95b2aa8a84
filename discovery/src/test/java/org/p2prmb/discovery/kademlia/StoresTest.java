package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.RecordStore.Outcome;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// What a peer keeps for others has bounds, whoever sends how much.
final class StoresTest {
    private static final Instant NOW = KadWorld.START;
    private static final Duration TTL = Duration.ofHours(48);
    private final RandomGenerator random = new SplittableRandom(3);
    private final Key self = Key.of(KadWorld.randomId(random));
    private final RecordStore records =
            new RecordStore(self, new Validators(Map.of("test", new HighestByte())), TTL);
    private final ProviderStore providers = new ProviderStore(self, TTL);

    private KadPeer peer() {
        return KadPeer.of(KadWorld.randomId(random), List.of(KadWorld.address(1)));
    }

    private static KadRecord record(int number, String value) {
        return new KadRecord(Bytes.utf8("/test/" + number), Bytes.utf8(value));
    }

    @Test
    void aMillionProviderRecordsOfOnePeerTakeItsShareAndNoMore() {
        var flooder = peer();
        for (int number = 0; number < 1_000_000; number++) {
            providers.add(Bytes.wrap(Seeds.bytes(random, 34)), flooder, NOW);
        }
        assertThat(providers.size()).isEqualTo(ProviderStore.KEYS_PER_PROVIDER_MAX);
        var honest = peer();
        assertThat(providers.add(Bytes.utf8("key"), honest, NOW)).isTrue();
        assertThat(providers.find(Bytes.utf8("key"), 20, NOW)).containsExactly(honest);
    }

    @Test
    void aKeyThatIsFullKeepsItsProvidersUntilTheyExpire() {
        var key = Bytes.utf8("key");
        var first = peer();
        providers.add(key, first, NOW);
        for (int number = 0; number < 200; number++) {
            providers.add(key, peer(), NOW.plusSeconds(1));
        }
        assertThat(providers.find(key, 1_000, NOW))
                .hasSize(ProviderStore.PROVIDERS_PER_KEY_MAX)
                .contains(first);
        var newcomer = peer();
        assertThat(providers.add(key, newcomer, NOW.plus(TTL).plusSeconds(2))).isTrue();
        assertThat(providers.find(key, 9, NOW.plus(TTL).plusSeconds(3))).containsExactly(newcomer);
    }

    @Test
    void manyPeersTogetherAreBoundedAndTheNearestKeysStay() {
        for (int number = 0; number < 200; number++) {
            var flooder = peer();
            for (int each = 0; each < 300; each++) {
                providers.add(Bytes.wrap(Seeds.bytes(random, 34)), flooder, NOW);
            }
        }
        assertThat(providers.size()).isLessThanOrEqualTo(ProviderStore.KEYS_MAX);
        var near = nearKey();
        assertThat(providers.add(near, peer(), NOW)).isTrue();
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
        providers.add(key, provider, NOW);
        var moved = provider.withAddresses(List.of(KadWorld.address(9)));
        providers.add(key, moved, NOW.plus(TTL.dividedBy(2)));
        providers.expire(NOW.plus(TTL));
        assertThat(providers.find(key, 9, NOW.plus(TTL))).containsExactly(moved);
    }

    @Test
    @DisplayName("nim-libp2p#2820: a key need not be a multihash")
    void keysOfNoLengthOrTooLongAreRefused() {
        assertThat(providers.add(Bytes.EMPTY, peer(), NOW)).isFalse();
        assertThat(providers.add(Bytes.wrap(new byte[81]), peer(), NOW)).isFalse();
        assertThat(providers.add(Bytes.wrap(new byte[80]), peer(), NOW)).isTrue();
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
