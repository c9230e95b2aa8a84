package org.p2prmb.libp2p.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The masking of a client's frames: its bytes XORed with a key of four, again and again.
///
/// See [RFC 6455, section 5.3](https://www.rfc-editor.org/rfc/rfc6455#section-5.3).
final class Mask {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Mask() {}

    /// Applies `key` to `bytes[offset, offset + length)`, which begin at `position` of the payload.
    static void apply(int key, long position, byte[] bytes, int offset, int length) {
        var turned = Integer.rotateLeft(key, 8 * (int) (position & 3));
        var pattern = (long) turned << 32 | turned & 0xffff_ffffL;
        var at = offset;
        var end = offset + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ pattern);
        }
        for (var i = 0; at < end; at++, i++) {
            bytes[at] ^= (byte) (pattern >>> (56 - 8 * i));
        }
    }
}
