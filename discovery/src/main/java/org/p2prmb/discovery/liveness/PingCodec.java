package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Varint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Pings, and pongs without a lease, as bytes: nine of ten frames, so they go a shorter way than
/// that of the generated classes. The bytes are the same.
final class PingCodec {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Tags of `alive.proto`: number of the field << 3 | type.
    private static final int PING = 2 << 3 | 2;
    private static final int PONG = 3 << 3 | 2;
    private static final int NONCE = 1 << 3 | 1;
    private static final int SEQUENCE = 2 << 3;

    /// A tag and a length of one byte each.
    private static final int HEADER_BYTES = 2;

    private PingCodec() {}

    static Bytes encode(AliveFrame.Ping ping) {
        boolean asks = ping.held() != AliveFrame.Ping.NO_LEASE_WANTED;
        return encode(PING, ping.nonce(), asks, ping.held());
    }

    /// A pong without a lease.
    static Bytes encode(AliveFrame.Pong pong) {
        return encode(PONG, pong.nonce(), pong.watchersSince() != 0, pong.watchersSince());
    }

    private static Bytes encode(int tag, long nonce, boolean hasSequence, long sequence) {
        int nonceBytes = nonce == 0 ? 0 : 1 + Long.BYTES;
        int body = nonceBytes + (hasSequence ? 1 + Varint.size(sequence) : 0);
        var encoded = new byte[HEADER_BYTES + body];
        encoded[0] = (byte) tag;
        encoded[1] = (byte) body;
        if (nonce != 0) {
            encoded[HEADER_BYTES] = NONCE;
            LONG.set(encoded, HEADER_BYTES + 1, nonce);
        }
        if (hasSequence) {
            encoded[HEADER_BYTES + nonceBytes] = SEQUENCE;
            Varint.write(sequence, encoded, HEADER_BYTES + nonceBytes + 1);
        }
        return Bytes.wrap(encoded);
    }

    /// The frame, or null when it is none of these, or written in an unusual way.
    static @Nullable AliveFrame decode(byte[] encoded) {
        int nonceEnd = HEADER_BYTES + 1 + Long.BYTES;
        if (encoded.length < nonceEnd
                || encoded[1] != encoded.length - HEADER_BYTES
                || encoded[HEADER_BYTES] != NONCE) {
            return null;
        }
        long nonce = (long) LONG.get(encoded, HEADER_BYTES + 1);
        boolean hasSequence = encoded.length > nonceEnd;
        long sequence = hasSequence ? sequence(encoded, nonceEnd) : 0;
        if (sequence < 0) {
            return null;
        }
        return switch (encoded[0]) {
            case PING ->
                    hasSequence ? new AliveFrame.Ping(nonce, sequence) : new AliveFrame.Ping(nonce);
            case PONG -> new AliveFrame.Pong(nonce, sequence);
            default -> null;
        };
    }

    /// The sequence with which the frame ends, -1 when something else stands there.
    private static long sequence(byte[] encoded, int from) {
        if (encoded[from] != SEQUENCE) {
            return -1;
        }
        long value = 0;
        int shift = 0;
        for (int at = from + 1; at < encoded.length && shift < Long.SIZE - 1; at++, shift += 7) {
            value |= (encoded[at] & 0x7fL) << shift;
            if (encoded[at] >= 0) {
                return at == encoded.length - 1 ? value : -1;
            }
        }
        return -1;
    }
}
