package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.MessageWire;

/// A message as it travels on a stream: the header for carriers, and the signed body.
public record MessageFrame(Header header, Body body) {
    /// The largest frame, in bytes.
    public static final int BYTES_MAX = 1024 * 1024;

    /// The signed body, readable by carriers or not.
    public sealed interface Body {
        /// The envelope of a [SignedMessage].
        record Clear(Bytes envelope) implements Body {}

        /// The same envelope under a [SealingKey]'s seal.
        record Sealed(Bytes sealed) implements Body {}
    }

    public static MessageFrame clear(SignedMessage message) {
        return new MessageFrame(message.message().header(), new Body.Clear(message.envelope()));
    }

    /// Throws `IllegalArgumentException` when the frame is larger than [#BYTES_MAX].
    public Bytes encoded() {
        var message = MessageWire.Message.newBuilder().setHeader(SignedMessage.header(header));
        switch (body) {
            case Body.Clear(var envelope) -> message.setClear(Wire.field(envelope));
            case Body.Sealed(var sealed) -> message.setSealed(Wire.field(sealed));
        }
        var encoded = Wire.encode(message.build());
        if (encoded.size() > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a message of %d bytes, at most %d fit".formatted(encoded.size(), BYTES_MAX));
        }
        return encoded;
    }

    public static MessageFrame decode(Bytes encoded) throws ProtocolException {
        return Wire.decode(
                MessageWire.Message.parser(),
                encoded,
                message ->
                        new MessageFrame(SignedMessage.header(message.getHeader()), body(message)));
    }

    private static Body body(MessageWire.Message message) throws ProtocolException {
        return switch (message.getBodyCase()) {
            case CLEAR -> new Body.Clear(Wire.bytes(message.getClear()));
            case SEALED -> new Body.Sealed(Wire.bytes(message.getSealed()));
            case BODY_NOT_SET -> throw new ProtocolException("a message without a body");
        };
    }
}
