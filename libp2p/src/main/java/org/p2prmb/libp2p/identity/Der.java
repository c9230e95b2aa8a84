package org.p2prmb.libp2p.identity;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.math.BigInteger;
import java.util.Arrays;

/// A cursor over DER, as much of it as keys, signatures and certificates need.
///
/// What it accepts has one encoding only, so nothing needs to be encoded again to be compared.
/// General ASN.1 parsers accept more, and fail on strangers' bytes in ways of their own.
public final class Der {
    public static final int INTEGER = 0x02;
    public static final int BIT_STRING = 0x03;
    public static final int OCTET_STRING = 0x04;
    public static final int OBJECT_IDENTIFIER = 0x06;
    public static final int SEQUENCE = 0x30;

    private static final int LENGTH_BYTES_MAX = 2;

    private final byte[] bytes;
    private final int end;
    private int at;

    private Der(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    public static Der of(Bytes encoded) {
        return new Der(encoded.unsafeArray(), 0, encoded.size());
    }

    /// True when the next value has `tag`.
    public boolean startsWith(int tag) {
        return at < end && (bytes[at] & 0xff) == tag;
    }

    /// Steps over the next value, which must have `tag`, and returns a cursor over its content.
    public Der enter(int tag) throws ProtocolException {
        require(startsWith(tag), "unexpected tag");
        at++;
        int length = length();
        require(length <= end - at, "cut short");
        at += length;
        return new Der(bytes, at - length, at);
    }

    private int length() throws ProtocolException {
        int first = next();
        if (first < 0x80) {
            return first;
        }
        int count = first - 0x80;
        require(count >= 1 && count <= LENGTH_BYTES_MAX, "length of an unexpected size");
        int length = 0;
        for (int index = 0; index < count; index++) {
            length = (length << 8) | next();
        }
        require(length >= (count == 1 ? 0x80 : 0x100), "length is not in its shortest form");
        return length;
    }

    private int next() throws ProtocolException {
        require(at < end, "cut short");
        return bytes[at++] & 0xff;
    }

    /// Steps over the next value, which must have `tag`, and returns all of it, header and content.
    public Bytes value(int tag) throws ProtocolException {
        int from = at;
        enter(tag);
        return Bytes.wrap(Arrays.copyOfRange(bytes, from, at));
    }

    /// True when everything was read.
    public boolean atEnd() {
        return at == end;
    }

    /// Reads an integer of zero or more.
    BigInteger integer() throws ProtocolException {
        var content = enter(INTEGER).rest();
        require(content.size() > 0 && content.at(0) >= 0, "a number is negative");
        require(
                content.size() == 1 || content.at(0) != 0 || content.at(1) < 0,
                "a number is not in its shortest form");
        return new BigInteger(content.unsafeArray());
    }

    /// Reads a string of whole bytes.
    public Der bitString() throws ProtocolException {
        var content = enter(BIT_STRING);
        require(content.next() == 0, "a bit string does not fill its bytes");
        return content;
    }

    /// Steps over `expected`, which must come next.
    public void skip(Bytes expected) throws ProtocolException {
        int to = at + expected.size();
        require(
                to <= end
                        && Arrays.equals(bytes, at, to, expected.unsafeArray(), 0, expected.size()),
                "an unexpected algorithm or version");
        at = to;
    }

    /// Everything that was not yet read.
    public Bytes rest() {
        var rest = Bytes.wrap(Arrays.copyOfRange(bytes, at, end));
        at = end;
        return rest;
    }

    /// Throws unless everything was read.
    public void requireEnd() throws ProtocolException {
        require(at == end, "more than expected");
    }

    private static void require(boolean right, String otherwise) throws ProtocolException {
        if (!right) {
            throw new ProtocolException("DER: " + otherwise);
        }
    }

    public static Bytes encode(BigInteger number) {
        return encode(INTEGER, Bytes.wrap(number.toByteArray()));
    }

    /// The encoding of a value with `tag` whose content is `parts`, one after the other.
    public static Bytes encode(int tag, Bytes... parts) {
        var content = Arrays.stream(parts).reduce(Bytes.EMPTY, Bytes::concat);
        int length = content.size();
        var header =
                length < 0x80
                        ? new byte[] {(byte) tag, (byte) length}
                        : length < 0x100
                                ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                                : new byte[] {
                                    (byte) tag, (byte) 0x82, (byte) (length >>> 8), (byte) length
                                };
        return Bytes.wrap(header).concat(content);
    }
}
