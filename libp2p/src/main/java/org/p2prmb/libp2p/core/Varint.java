package org.p2prmb.libp2p.core;

/// The unsigned varint of multiformats: seven bits a byte, low ones first, at most nine bytes,
/// always the shortest form.
///
/// Not protobuf's own varint, which has ten bytes and tolerates longer forms. See
/// [unsigned-varint](https://github.com/multiformats/unsigned-varint).
public final class Varint {
    public static final int BYTES_MAX = 9;

    private Varint() {}

    /// A decoded value and the offset of the byte after it.
    public record Decoded(long value, int next) {}

    /// How many bytes `value` takes, 1 to 9.
    public static int size(long value) {
        requireNotNegative(value);
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    /// Writes `value` at `offset` and returns the offset after it.
    public static int write(long value, byte[] into, int offset) {
        requireNotNegative(value);
        int at = offset;
        long rest = value;
        while (rest > 0x7f) {
            into[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[at++] = (byte) rest;
        return at;
    }

    public static byte[] encode(long value) {
        var encoded = new byte[size(value)];
        write(value, encoded, 0);
        return encoded;
    }

    /// Reads the varint that starts at `offset` and ends before `limit`.
    public static Decoded decode(byte[] from, int offset, int limit) throws ProtocolException {
        long value = 0;
        for (int index = 0; index < BYTES_MAX; index++) {
            if (offset + index >= limit) {
                throw new ProtocolException("varint is cut short");
            }
            byte next = from[offset + index];
            value |= (next & 0x7fL) << (7 * index);
            if (next >= 0) {
                requireShortest(next, index);
                return new Decoded(value, offset + index + 1);
            }
        }
        throw new ProtocolException("varint is longer than " + BYTES_MAX + " bytes");
    }

    private static void requireShortest(byte last, int index) throws ProtocolException {
        if (last == 0 && index > 0) {
            throw new ProtocolException("varint is not in its shortest form");
        }
    }

    private static void requireNotNegative(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a varint is not negative: " + value);
        }
    }
}
