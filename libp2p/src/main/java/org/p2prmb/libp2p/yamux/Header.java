package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.ProtocolException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The 12 bytes in front of every frame (yamux specification, "Framing"), all big endian.
///
/// ```
/// version(1) = 0 | type(1) | flags(2) | stream id(4) | length(4)
/// ```
///
/// @param kind what the frame is
/// @param flags the set of [#SYN], [#ACK], [#FIN], [#RST]; unknown bits are kept and ignored
/// @param stream the id as an unsigned number's 32 bits; 0 is the session itself
/// @param length 0 to 2^32-1: bytes of the body ([Kind#DATA]), credit ([Kind#WINDOW_UPDATE]),
///     opaque value ([Kind#PING]) or error code ([Kind#GO_AWAY], and with [#RST])
record Header(Kind kind, int flags, int stream, long length) {
    static final int BYTES = 12;

    static final int SYN = 1;
    static final int ACK = 2;
    static final int FIN = 4;
    static final int RST = 8;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final long UINT32 = 0xffff_ffffL;

    /// The frame types and their numbers on the wire.
    enum Kind {
        DATA(0),
        WINDOW_UPDATE(1),
        PING(2),
        GO_AWAY(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        static Kind of(int number) throws ProtocolException {
            return switch (number) {
                case 0 -> DATA;
                case 1 -> WINDOW_UPDATE;
                case 2 -> PING;
                case 3 -> GO_AWAY;
                default -> throw new ProtocolException("yamux frame type " + number);
            };
        }
    }

    static Header data(int flags, int stream, long length) {
        return new Header(Kind.DATA, flags, stream, length);
    }

    static Header windowUpdate(int flags, int stream, long length) {
        return new Header(Kind.WINDOW_UPDATE, flags, stream, length);
    }

    static Header ping(int flags, long opaque) {
        return new Header(Kind.PING, flags, 0, opaque);
    }

    static Header goAway(long code) {
        return new Header(Kind.GO_AWAY, 0, 0, code);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// Bytes that follow this header on the wire.
    long body() {
        return kind == Kind.DATA ? length : 0;
    }

    /// Reads [#BYTES] bytes at `offset`; throws on a version or type that nobody has defined.
    static Header decode(byte[] from, int offset) throws ProtocolException {
        var first = (int) INT.get(from, offset);
        var version = first >>> 24;
        if (version != 0) {
            throw new ProtocolException("yamux version " + version);
        }
        return new Header(
                Kind.of((first >>> 16) & 0xff),
                first & 0xffff,
                (int) INT.get(from, offset + 4),
                (int) INT.get(from, offset + 8) & UINT32);
    }

    void encode(byte[] into, int offset) {
        INT.set(into, offset, (kind.number << 16) | (flags & 0xffff));
        INT.set(into, offset + 4, stream);
        INT.set(into, offset + 8, (int) length);
    }
}
