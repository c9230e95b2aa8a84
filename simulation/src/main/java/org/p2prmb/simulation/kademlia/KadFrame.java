package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.nio.ByteBuffer;

/// One message on one of the streams between two agents, or the end of that stream.
///
/// ```
///   kind    1 byte
///   stream  8 bytes, the number of the request at its asker
///   body    the message as production encodes it; nothing in a reset
/// ```
///
/// @param body not changed by anybody
record KadFrame(Kind kind, long stream, Bytes body) {
    private static final int HEADER_BYTES = 9;

    enum Kind {
        REQUEST(0),
        RESPONSE(1),
        RESET(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        static Kind of(byte code) {
            for (var kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalStateException("a frame of kind " + code);
        }
    }

    static KadFrame of(Kind kind, long stream, KadMessage message) {
        return new KadFrame(kind, stream, KadCodec.encode(message));
    }

    static KadFrame reset(long stream) {
        return new KadFrame(Kind.RESET, stream, Bytes.EMPTY);
    }

    byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + body.size())
                .put(kind.code)
                .putLong(stream)
                .put(body.unsafeArray())
                .array();
    }

    static KadFrame decode(byte[] frame) {
        var bytes = ByteBuffer.wrap(frame);
        var kind = Kind.of(bytes.get());
        var stream = bytes.getLong();
        var body = new byte[bytes.remaining()];
        bytes.get(body);
        return new KadFrame(kind, stream, Bytes.wrap(body));
    }

    KadMessage message() throws ProtocolException {
        return KadCodec.decode(body.unsafeArray());
    }
}
