package org.p2prmb.libp2p.websocket;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Pure;

/// What stands in front of the bytes of a WebSocket frame.
///
/// ```
/// byte 0    FIN 0 0 0 opcode      the reserved bits belong to extensions, which we never agree on
/// byte 1    MASK length           126: two bytes of length follow, 127: eight
///           key                   four bytes, only of a client's frame
/// ```
///
/// See [RFC 6455, section 5.2](https://www.rfc-editor.org/rfc/rfc6455#section-5.2).
///
/// @param length of the payload
/// @param mask the key that the payload is XORed with, the first byte highest; used if `masked`
@Pure
record FrameHeader(boolean last, Opcode opcode, long length, boolean masked, int mask) {
    /// The first two bytes say how many there are in all.
    static final int BYTES_MIN = 2;

    static final int BYTES_MAX = 14;

    /// The largest frame that is read. None is buffered as a whole, so it may be generous.
    static final long LENGTH_MAX = 1L << 28;

    static final int CONTROL_LENGTH_MAX = 125;

    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int MASK_BYTES = 4;

    enum Opcode {
        CONTINUATION(0),
        TEXT(1),
        BINARY(2),
        CLOSE(8),
        PING(9),
        PONG(10);

        private final int code;

        Opcode(int code) {
            this.code = code;
        }

        boolean isControl() {
            return code >= CLOSE.code;
        }

        static @Nullable Opcode of(int code) {
            for (var opcode : values()) {
                if (opcode.code == code) {
                    return opcode;
                }
            }
            return null;
        }
    }

    /// How many bytes the header that begins with these two has.
    static int size(byte first, byte second) {
        var lengthBytes =
                switch (second & 0x7f) {
                    case LENGTH_16 -> 2;
                    case LENGTH_64 -> 8;
                    default -> 0;
                };
        return BYTES_MIN + lengthBytes + ((second & MASKED) != 0 ? MASK_BYTES : 0);
    }

    /// Reads the whole header at `at`. Throws when it breaks a rule that needs no context.
    static FrameHeader decode(byte[] from, int at) throws ProtocolException {
        var first = from[at] & 0xff;
        var second = from[at + 1] & 0xff;
        var opcode = Opcode.of(first & 0x0f);
        if (opcode == null || (first & RESERVED) != 0) {
            throw new ProtocolException("websocket: a frame of an unknown kind");
        }
        var last = (first & FIN) != 0;
        var masked = (second & MASKED) != 0;
        long length = second & 0x7f;
        var next = at + BYTES_MIN;
        if (length >= LENGTH_16) {
            var bytes = length == LENGTH_16 ? 2 : 8;
            length = number(from, next, bytes);
            next += bytes;
            if (length < (bytes == 2 ? LENGTH_16 : 1 << 16)) {
                throw new ProtocolException("websocket: a length not in its shortest form");
            }
        }
        if (length > LENGTH_MAX) {
            throw new ProtocolException("websocket: a frame of %d bytes".formatted(length));
        }
        if (opcode.isControl() && (!last || length > CONTROL_LENGTH_MAX)) {
            throw new ProtocolException("websocket: a control frame that is too long or a part");
        }
        var mask = masked ? (int) number(from, next, MASK_BYTES) : 0;
        return new FrameHeader(last, opcode, length, masked, mask);
    }

    /// Up to 2^63 - 1; what is more reads as that.
    private static long number(byte[] from, int at, int bytes) {
        long number = 0;
        for (var i = 0; i < bytes; i++) {
            number = number << 8 | from[at + i] & 0xff;
        }
        return number < 0 ? Long.MAX_VALUE : number;
    }

    /// Writes the header at `at` and returns the offset behind it.
    int write(byte[] into, int at) {
        var next = at;
        into[next++] = (byte) ((last ? FIN : 0) | opcode.code);
        var bit = masked ? MASKED : 0;
        if (length < LENGTH_16) {
            into[next++] = (byte) (bit | length);
        } else {
            var bytes = length < 1 << 16 ? 2 : 8;
            into[next++] = (byte) (bit | (bytes == 2 ? LENGTH_16 : LENGTH_64));
            for (var i = bytes - 1; i >= 0; i--) {
                into[next++] = (byte) (length >>> (8 * i));
            }
        }
        if (masked) {
            for (var i = MASK_BYTES - 1; i >= 0; i--) {
                into[next++] = (byte) (mask >>> (8 * i));
            }
        }
        return next;
    }
}
