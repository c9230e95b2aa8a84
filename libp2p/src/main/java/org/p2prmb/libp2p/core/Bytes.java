package org.p2prmb.libp2p.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// An immutable sequence of bytes with value equality: what records hold instead of `byte[]`.
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] data;

    /// Computed at the first need, 0 before; ids are looked up far more often than made.
    private int hash;

    private Bytes(byte[] data) {
        this.data = data;
    }

    /// A copy of `data`.
    public static Bytes copyOf(byte[] data) {
        return data.length == 0 ? EMPTY : new Bytes(data.clone());
    }

    /// `data` itself, without a copy: the caller hands it over and never writes to it again.
    public static Bytes wrap(byte[] data) {
        return data.length == 0 ? EMPTY : new Bytes(data);
    }

    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Throws `IllegalArgumentException` when `hex` is not an even number of hexadecimal digits.
    public static Bytes hex(String hex) {
        return wrap(HexFormat.of().parseHex(hex));
    }

    public int size() {
        return data.length;
    }

    public byte at(int index) {
        return data[index];
    }

    public Bytes slice(int from, int to) {
        return wrap(Arrays.copyOfRange(data, from, to));
    }

    public Bytes concat(Bytes other) {
        var joined = Arrays.copyOf(data, data.length + other.data.length);
        System.arraycopy(other.data, 0, joined, data.length, other.data.length);
        return wrap(joined);
    }

    /// A copy that the caller may change.
    public byte[] toArray() {
        return data.clone();
    }

    /// The backing array, for readers on hot paths that never write to it.
    public byte[] unsafeArray() {
        return data;
    }

    public String toHex() {
        return HexFormat.of().formatHex(data);
    }

    public String toUtf8() {
        return new String(data, StandardCharsets.UTF_8);
    }

    /// Unsigned lexicographic order.
    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(data, other.data);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Bytes bytes && Arrays.equals(data, bytes.data);
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = Arrays.hashCode(data);
            hash = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return toHex();
    }
}
