package org.p2prmb.protocols.statements;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.time.Instant;

/// The edge between strangers' bytes and our values: whatever is wrong with the bytes, a
/// [ProtocolException] says so and nothing else is thrown.
public final class Wire {
    /// The last second of the year 9999.
    private static final long SECONDS_MAX = 253_402_300_799L;

    private Wire() {}

    /// Turns a parsed message into a value; an `IllegalArgumentException` of the value's own checks
    /// is the sender's fault here.
    @FunctionalInterface
    public interface Shape<M, T> {
        T of(M message) throws ProtocolException;
    }

    public static <M extends MessageLite, T> T decode(
            Parser<M> parser, Bytes encoded, Shape<? super M, T> shape) throws ProtocolException {
        try {
            return shape.of(parser.parseFrom(encoded.unsafeArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("not the expected protobuf message", e);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()), e);
        }
    }

    public static Bytes encode(MessageLite message) {
        return Bytes.wrap(message.toByteArray());
    }

    public static ByteString field(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }

    public static Bytes bytes(ByteString field) {
        return Bytes.wrap(field.toByteArray());
    }

    /// An unsigned 64-bit field whose top bit no sender has a reason to set.
    public static long unsigned(long field, String name) throws ProtocolException {
        if (field < 0) {
            throw new ProtocolException(name + " is above 2^63 - 1");
        }
        return field;
    }

    /// A time in seconds since 1970, up to the year 9999.
    public static Instant seconds(long field, String name) throws ProtocolException {
        if (field < 0 || field > SECONDS_MAX) {
            throw new ProtocolException(name + " is no time");
        }
        return Instant.ofEpochSecond(field);
    }

    /// An unsigned 32-bit field.
    public static long unsigned(int field) {
        return Integer.toUnsignedLong(field);
    }

    /// An unsigned 32-bit field that wishes for more than we give: at most `max`.
    public static int clamped(int field, int max) {
        return (int) Math.min(Integer.toUnsignedLong(field), max);
    }
}
