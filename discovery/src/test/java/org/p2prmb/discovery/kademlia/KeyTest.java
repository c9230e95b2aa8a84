package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Where peers and keys stand, and how far from each other, computed in another way.
final class KeyTest {
    private static BigInteger number(Key key) {
        var bytes =
                ByteBuffer.allocate(32)
                        .putLong(key.first())
                        .putLong(key.second())
                        .putLong(key.third())
                        .putLong(key.fourth());
        return new BigInteger(1, bytes.array());
    }

    /// Peergos/nabu hashes the keys of others, and its own in another way.
    @Test
    void peersAndKeysStandInOneSpaceAtTheHashOfTheirBytes() throws NoSuchAlgorithmException {
        var peer = KadWorld.randomId(new SplittableRandom(1));
        var hash = MessageDigest.getInstance("SHA-256").digest(peer.multihash().toArray());

        assertThat(number(Key.of(peer))).isEqualTo(new BigInteger(1, hash));
        assertThat(Key.of(peer.multihash())).isEqualTo(Key.of(peer));
    }

    @Test
    void distancesAreTheXorOfTheNumbers() {
        Seeds.forEach(
                1_000,
                random -> {
                    var here = Key.of(Bytes.wrap(Seeds.bytes(random, 32)));
                    var one = near(here, random);
                    var other = near(here, random);
                    var toOne = number(here).xor(number(one));
                    var toOther = number(here).xor(number(other));

                    assertThat(here.compareDistances(one, other))
                            .isEqualTo(toOne.compareTo(toOther));
                    assertThat(number(here.distance(one))).isEqualTo(toOne);
                    assertThat(here.commonPrefix(one)).isEqualTo(Key.BITS - toOne.bitLength());
                });
    }

    /// A key that has as many leading bits in common with `key` as chance wants.
    private static Key near(Key key, RandomGenerator random) {
        int common = random.nextInt(Key.BITS);
        var far = new long[4];
        for (int part = common / 64; part < 4; part++) {
            far[part] = random.nextLong();
        }
        far[common / 64] >>>= common % 64;
        return key.distance(new Key(far[0], far[1], far[2], far[3]));
    }
}
