package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// A point in the key space: a SHA-256, its distance to another one is their XOR.
///
/// The parts are its bits from the most significant on, 64 each.
@Pure
public record Key(long first, long second, long third, long fourth) implements Comparable<Key> {
    public static final int BITS = 256;

    private static final Key ZERO = new Key(0, 0, 0, 0);

    /// Never used itself: a copy of it is made far faster than a new one is looked up.
    private static final MessageDigest SHA_256 = sha256();

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /// The point of a value's or provider's key.
    public static Key of(Bytes key) {
        try {
            var digest = (MessageDigest) SHA_256.clone();
            var hash = ByteBuffer.wrap(digest.digest(key.unsafeArray()));
            return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this JDK's SHA-256 cannot be copied", e);
        }
    }

    /// The point at which a peer stands.
    public static Key of(PeerId peer) {
        return of(peer.multihash());
    }

    /// How many leading bits the two have in common, 0 to 256.
    public int commonPrefix(Key other) {
        if (first != other.first) {
            return Long.numberOfLeadingZeros(first ^ other.first);
        }
        if (second != other.second) {
            return Long.SIZE + Long.numberOfLeadingZeros(second ^ other.second);
        }
        if (third != other.third) {
            return 2 * Long.SIZE + Long.numberOfLeadingZeros(third ^ other.third);
        }
        return 3 * Long.SIZE + Long.numberOfLeadingZeros(fourth ^ other.fourth);
    }

    /// Negative when `one` is nearer to this point than `other`, positive when it is farther away.
    public int compareDistances(Key one, Key other) {
        int order = Long.compareUnsigned(first ^ one.first, first ^ other.first);
        if (order == 0) {
            order = Long.compareUnsigned(second ^ one.second, second ^ other.second);
        }
        if (order == 0) {
            order = Long.compareUnsigned(third ^ one.third, third ^ other.third);
        }
        return order == 0
                ? Long.compareUnsigned(fourth ^ one.fourth, fourth ^ other.fourth)
                : order;
    }

    /// The XOR of the two, as a number whose order is that of the distances.
    public Key distance(Key other) {
        return new Key(
                first ^ other.first,
                second ^ other.second,
                third ^ other.third,
                fourth ^ other.fourth);
    }

    /// The order of the 256-bit numbers.
    @Override
    public int compareTo(Key other) {
        return ZERO.compareDistances(this, other);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first ^ fourth);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key
                && first == key.first
                && second == key.second
                && third == key.third
                && fourth == key.fourth;
    }

    @Override
    public String toString() {
        return "%016x…".formatted(first);
    }
}
