package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;

import java.nio.ByteBuffer;

/// The 8 bytes, big endian, that a sequence number travels as.
final class Seqno {
    private Seqno() {}

    static byte[] encode(long seqno) {
        return ByteBuffer.allocate(Long.BYTES).putLong(seqno).array();
    }

    static long decode(Bytes seqno) {
        return ByteBuffer.wrap(seqno.unsafeArray()).getLong();
    }
}
