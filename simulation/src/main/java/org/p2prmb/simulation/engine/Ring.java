package org.p2prmb.simulation.engine;

import org.p2prmb.libp2p.core.Bytes;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// All agents in the order of their places in a Kademlia network, the SHA-256 of their peer ids:
/// what a look-up in the DHT would find, for scenarios that do not simulate the DHT itself.
public final class Ring {
    private final long[] places;
    private final int[] agents;

    public Ring(Population population) {
        var digest = sha256();
        var placeOf = new long[population.size()];
        for (int agent = 0; agent < placeOf.length; agent++) {
            var hash = digest.digest(population.peer(agent).multihash().unsafeArray());
            placeOf[agent] = ByteBuffer.wrap(hash).getLong();
        }
        agents =
                IntStream.range(0, placeOf.length)
                        .boxed()
                        .sorted((one, other) -> Long.compareUnsigned(placeOf[one], placeOf[other]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        places = Arrays.stream(agents).mapToLong(agent -> placeOf[agent]).toArray();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /// The `count` eligible agents that are closest to `key` in the XOR metric, closest first;
    /// fewer when there are no more.
    ///
    /// @param key 8 bytes or more, of which the first 8 count
    public List<Integer> closest(Bytes key, int count, IntPredicate eligible) {
        long target = ByteBuffer.wrap(key.unsafeArray()).getLong();
        // Who shares a longer prefix with the key is closer, so widen until enough share one.
        int bits = Long.SIZE - Integer.numberOfLeadingZeros(places.length);
        for (int prefix = Math.min(Long.SIZE, bits); prefix >= 0; prefix--) {
            long mask = prefix == 0 ? 0 : -1L << (Long.SIZE - prefix);
            int from = firstNotBelow(target & mask);
            int to = from;
            while (to < places.length && (places[to] & mask) == (target & mask)) {
                to++;
            }
            var found =
                    IntStream.range(from, to)
                            .filter(index -> eligible.test(agents[index]))
                            .boxed()
                            .sorted(Comparator.comparingLong(index -> distance(index, target)))
                            .limit(count)
                            .map(index -> agents[index])
                            .toList();
            if (found.size() == count || prefix == 0) {
                return found;
            }
        }
        return List.of();
    }

    /// As a signed number in the order of the unsigned one.
    private long distance(int index, long target) {
        return (places[index] ^ target) ^ Long.MIN_VALUE;
    }

    private int firstNotBelow(long place) {
        int low = 0;
        int high = places.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(places[middle], place) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
