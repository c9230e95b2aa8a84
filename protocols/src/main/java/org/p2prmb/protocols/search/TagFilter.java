package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.protocols.statements.Limits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// A Bloom filter of tags: at least 10 bits for each, 7 of them set, so that 1 % of the tags that
/// are not in it seem to be.
///
/// The first and second 8 bytes of a tag's key are `a` and `b`, most significant byte first; the
/// bits of the tag are `a + i * (b | 1)` modulo the size, for i from 0 to 6. Bit `n` is the bit of
/// value `1 << n % 8` in byte `n / 8`.
@Pure
public final class TagFilter {
    public static final int BITS_MIN = 512;
    public static final int BITS_MAX = 65_536;

    /// As many tags as the largest filter is good for.
    public static final int TAGS_MAX = BITS_MAX / 10;

    private static final int BITS_PER_TAG = 10;
    private static final int HASHES = 7;

    private final byte[] bits;

    private TagFilter(byte[] bits) {
        this.bits = bits;
    }

    /// A filter of these tag keys, of which those beyond [#TAGS_MAX] are left out; its size in bits
    /// is a power of two.
    public static TagFilter of(Collection<Bytes> tagKeys) {
        int wanted = Math.clamp((long) tagKeys.size() * BITS_PER_TAG, BITS_MIN, BITS_MAX);
        int size = Integer.highestOneBit(2 * wanted - 1);
        var filter = new TagFilter(new byte[size / Byte.SIZE]);
        tagKeys.stream().limit(TAGS_MAX).forEach(filter::add);
        return filter;
    }

    /// Throws `IllegalArgumentException` when the size is not a power of two within the bounds.
    public static TagFilter of(Bytes encoded) {
        int size = encoded.size() * Byte.SIZE;
        Limits.require(
                size >= BITS_MIN && size <= BITS_MAX && Integer.bitCount(size) == 1,
                "a filter has a power of two of bits, 512 to 65536");
        return new TagFilter(encoded.toArray());
    }

    private void add(Bytes tagKey) {
        for (int hash = 0; hash < HASHES; hash++) {
            int bit = bit(tagKey, hash);
            bits[bit / Byte.SIZE] |= (byte) (1 << bit % Byte.SIZE);
        }
    }

    /// Whether the tag may be among those that the filter was made of.
    public boolean mayContain(Bytes tagKey) {
        for (int hash = 0; hash < HASHES; hash++) {
            if (!isSet(bit(tagKey, hash))) {
                return false;
            }
        }
        return true;
    }

    private int bit(Bytes tagKey, int hash) {
        long place = number(tagKey, 0) + hash * (number(tagKey, Long.BYTES) | 1);
        return (int) (place & size() - 1);
    }

    private static long number(Bytes key, int from) {
        long number = 0;
        for (int index = from; index < from + Long.BYTES; index++) {
            number = number << Byte.SIZE | key.at(index) & 0xff;
        }
        return number;
    }

    private boolean isSet(int bit) {
        return (bits[bit / Byte.SIZE] >>> bit % Byte.SIZE & 1) != 0;
    }

    /// In bits.
    public int size() {
        return bits.length * Byte.SIZE;
    }

    public Bytes encoded() {
        return Bytes.copyOf(bits);
    }

    /// The bits in which the two, of the same size, differ, in ascending order.
    List<Integer> difference(TagFilter other) {
        var differing = new ArrayList<Integer>();
        for (int bit = 0; bit < size(); bit++) {
            if (isSet(bit) != other.isSet(bit)) {
                differing.add(bit);
            }
        }
        return differing;
    }

    /// The filter with these bits the other way round; those beyond its size are ignored.
    TagFilter flipped(List<Integer> changed) {
        var flipped = bits.clone();
        for (int bit : changed) {
            if (bit < size()) {
                flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            }
        }
        return new TagFilter(flipped);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TagFilter filter && Arrays.equals(bits, filter.bits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bits);
    }

    @Override
    public String toString() {
        return "filter of %d bits".formatted(size());
    }
}
