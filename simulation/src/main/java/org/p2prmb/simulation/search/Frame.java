package org.p2prmb.simulation.search;

import org.p2prmb.libp2p.core.Bytes;

import java.nio.ByteBuffer;

/// A frame between two agents: a byte for its kind, the number of the stream at its opener, what
/// led to it since the search began, and the production bytes.
///
/// @param body not changed by anybody
record Frame(Kind kind, long stream, Chain chain, Bytes body) {
    private static final int HEADER_BYTES = 13;

    enum Kind {
        QUERY(0),
        ANSWER(1),
        /// An answer after which nothing comes.
        LAST_ANSWER(2),
        PING(3),
        PONG(4),
        FILTER(5),
        REMEMBER(6),
        REMEMBERED(7);

        private static final Kind[] KINDS = values();

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + body.size())
                .put(kind.code)
                .putLong(stream)
                .putShort((short) chain.frames())
                .putShort((short) chain.connections())
                .put(body.unsafeArray())
                .array();
    }

    static Frame decode(byte[] frame) {
        var bytes = ByteBuffer.wrap(frame);
        var kind = Kind.KINDS[bytes.get()];
        var stream = bytes.getLong();
        var chain = new Chain(bytes.getShort(), bytes.getShort());
        var body = new byte[bytes.remaining()];
        bytes.get(body);
        return new Frame(kind, stream, chain, Bytes.wrap(body));
    }
}
