package org.p2prmb.libp2p.gossipsub;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.wire.PubsubMessageProto;

import java.util.Arrays;

/// Where the fields of one encoded `Message` are.
///
/// The signature covers the known fields in ascending order without signature and key. These come
/// last, so of a message that is encoded just so, the signed bytes are a prefix: nothing is
/// marshalled again, neither to verify nor to forward. Any other encoding is brought to that form
/// first.
final class SignedBytes {
    static final int FROM = 1;
    static final int DATA = 2;
    static final int SEQNO = 3;
    static final int TOPIC = 4;
    static final int SIGNATURE = 5;
    static final int KEY = 6;

    private static final int LENGTH_DELIMITED = 2;
    private static final int WIRE_TYPE_BITS = 3;
    private static final int VARINT_BYTES_MAX = 4;

    /// The source of the bytes; fields are ranges of it.
    private final byte[] source;

    private final int start;
    private final int end;
    private final int[] starts = new int[KEY + 1];
    private final int[] ends = new int[KEY + 1];
    private int signedEnd;

    private SignedBytes(byte[] source, int start, int end) {
        this.source = source;
        this.start = start;
        this.end = end;
        this.signedEnd = end;
        Arrays.fill(starts, -1);
    }

    /// Finds the fields of the message in `source[start, end)`, which is not copied unless it must
    /// be brought into canonical form. Throws [ProtocolException] when it is no protobuf.
    static SignedBytes of(byte[] source, int start, int end) throws ProtocolException {
        var asCarried = new SignedBytes(source, start, end);
        if (asCarried.scan()) {
            return asCarried;
        }
        var canonical = canonical(source, start, end);
        var again = new SignedBytes(canonical, 0, canonical.length);
        if (!again.scan()) {
            throw new IllegalStateException("a marshalled message is canonical");
        }
        return again;
    }

    private static byte[] canonical(byte[] source, int start, int end) throws ProtocolException {
        try {
            var message = PubsubMessageProto.parser().parseFrom(source, start, end - start);
            return message.toBuilder()
                    .setUnknownFields(UnknownFieldSet.getDefaultInstance())
                    .build()
                    .toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("malformed pubsub message", e);
        }
    }

    /// Notes the ranges of the fields; false when they are not known, ascending, single and
    /// minimal.
    private boolean scan() {
        var at = start;
        var last = 0;
        while (at < end) {
            var tag = source[at];
            var field = tag >> WIRE_TYPE_BITS;
            var plain = (tag & ((1 << WIRE_TYPE_BITS) - 1)) == LENGTH_DELIMITED;
            if (!plain || field <= last || field > KEY) {
                return false;
            }
            if (field >= SIGNATURE && last < SIGNATURE) {
                signedEnd = at;
            }
            at = value(field, at + 1);
            if (at < 0) {
                return false;
            }
            last = field;
        }
        return true;
    }

    /// Notes the range of one field, and returns where the next begins; -1 when it is malformed.
    private int value(int field, int lengthAt) {
        var at = lengthAt;
        var length = 0;
        var shift = 0;
        byte part;
        do {
            if (at >= end || at - lengthAt == VARINT_BYTES_MAX) {
                return -1;
            }
            part = source[at++];
            length |= (part & Byte.MAX_VALUE) << shift;
            shift += Byte.SIZE - 1;
        } while (part < 0);
        if (at - lengthAt != Varint.size(length) || length > end - at) {
            return -1;
        }
        starts[field] = at;
        ends[field] = at + length;
        return at + length;
    }

    boolean has(int field) {
        return starts[field] >= 0;
    }

    /// The value of a field; empty when it is absent.
    Bytes field(int field) {
        return has(field) ? slice(starts[field], ends[field]) : Bytes.EMPTY;
    }

    /// The whole message in canonical form.
    Bytes encoded() {
        return slice(start, end);
    }

    /// What the signature is over, with `prefix` in front.
    Bytes signed(Bytes prefix) {
        var size = prefix.size();
        var signed = Arrays.copyOf(prefix.unsafeArray(), size + signedEnd - start);
        System.arraycopy(source, start, signed, size, signedEnd - start);
        return Bytes.wrap(signed);
    }

    private Bytes slice(int from, int to) {
        return Bytes.wrap(Arrays.copyOfRange(source, from, to));
    }
}
