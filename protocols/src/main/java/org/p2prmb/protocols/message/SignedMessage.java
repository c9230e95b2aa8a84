package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.message.RmbMessage.Kind;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SignedDelegation;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.MessageWire;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// An [RmbMessage] together with the envelope in which its source signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof.
public final class SignedMessage {
    private final RmbMessage message;
    private final PublicKey signer;
    private final Bytes envelope;

    private SignedMessage(RmbMessage message, PublicKey signer, Bytes envelope) {
        this.message = message;
        this.signer = signer;
        this.envelope = envelope;
    }

    /// Signs a message of our own; throws `IllegalArgumentException` when it is not the signer's.
    public static SignedMessage seal(RmbMessage message, KeyPair signer) {
        Limits.require(
                message.source().equals(signer.peerId()), "a message is signed by its source");
        var envelope = StatementKind.MESSAGE.seal(signer, Wire.encode(contentOf(message)));
        return new SignedMessage(message, signer.publicKey(), envelope);
    }

    /// Verifies the signature, and that the source is the signer.
    public static SignedMessage open(Bytes envelope) throws ProtocolException {
        try {
            return verified(envelope);
        } catch (Refusal refusal) {
            throw new ProtocolException(refusal.text(), refusal);
        }
    }

    /// Like [#open], but tells what was not signed as it should be
    /// ([ErrorCode#NOT_AUTHENTIC]) from what the signer should not have written
    /// ([ErrorCode#MALFORMED]).
    static SignedMessage verified(Bytes envelope) throws Refusal {
        var signed = check(ErrorCode.NOT_AUTHENTIC, () -> StatementKind.MESSAGE.open(envelope));
        var content = check(ErrorCode.MALFORMED, () -> content(signed.payload()));
        var delegation = check(ErrorCode.NOT_AUTHENTIC, () -> delegation(content));
        var message = check(ErrorCode.MALFORMED, () -> message(content, delegation));
        if (!message.source().equals(signed.signer().peerId())) {
            throw new Refusal(ErrorCode.NOT_AUTHENTIC, "a message that its source did not sign");
        }
        return new SignedMessage(message, signed.signer(), envelope);
    }

    private interface Step<T> {
        T run() throws ProtocolException;
    }

    private static <T> T check(ErrorCode code, Step<T> step) throws Refusal {
        try {
            return step.run();
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new Refusal(code, String.valueOf(e.getMessage()));
        }
    }

    public RmbMessage message() {
        return message;
    }

    public PublicKey signer() {
        return signer;
    }

    /// The bytes that travel, in clear or under a seal.
    public Bytes envelope() {
        return envelope;
    }

    private static MessageWire.Content contentOf(RmbMessage message) {
        var content =
                MessageWire.Content.newBuilder()
                        .setHeader(header(message.header()))
                        .setSource(Wire.field(message.source().multihash()))
                        .setSchema(message.schema())
                        .setPayload(Wire.field(message.payload()));
        message.delegation()
                .ifPresent(delegation -> content.setDelegation(Wire.field(delegation.envelope())));
        switch (message.kind()) {
            case Kind.Request(var command) -> content.getRequestBuilder().setCommand(command);
            case Kind.Response() -> content.getResponseBuilder();
            case Kind.Failure(var code, var text) ->
                    content.getErrorBuilder().setCode(code).setMessage(text);
        }
        return content.build();
    }

    private static MessageWire.Content content(Bytes payload) throws ProtocolException {
        return Wire.decode(MessageWire.Content.parser(), payload, content -> content);
    }

    private static Optional<SignedDelegation> delegation(MessageWire.Content content)
            throws ProtocolException {
        var delegation = Wire.bytes(content.getDelegation());
        return delegation.size() == 0
                ? Optional.empty()
                : Optional.of(SignedDelegation.open(delegation));
    }

    private static RmbMessage message(
            MessageWire.Content content, Optional<SignedDelegation> delegation)
            throws ProtocolException {
        return new RmbMessage(
                header(content.getHeader()),
                PeerId.decode(Wire.bytes(content.getSource())),
                kind(content),
                content.getSchema().isEmpty() ? RmbMessage.JSON : content.getSchema(),
                Wire.bytes(content.getPayload()),
                delegation);
    }

    private static Kind kind(MessageWire.Content content) throws ProtocolException {
        return switch (content.getKindCase()) {
            case REQUEST -> new Kind.Request(content.getRequest().getCommand());
            case RESPONSE -> new Kind.Response();
            case ERROR ->
                    new Kind.Failure(content.getError().getCode(), content.getError().getMessage());
            case KIND_NOT_SET -> throw new ProtocolException("a message of an unknown kind");
        };
    }

    static MessageWire.Header header(Header header) {
        return MessageWire.Header.newBuilder()
                .setUid(Wire.field(header.uid().value()))
                .setDestination(Wire.field(header.destination().multihash()))
                .setTimestampMs(header.sentAt().toEpochMilli())
                .setExpirationMs((int) header.expiration().toMillis())
                .setTags(header.tags())
                .build();
    }

    static Header header(MessageWire.Header header) throws ProtocolException {
        return new Header(
                new Uid(Wire.bytes(header.getUid())),
                PeerId.decode(Wire.bytes(header.getDestination())),
                Instant.ofEpochMilli(Wire.unsigned(header.getTimestampMs(), "timestamp")),
                Duration.ofMillis(Wire.unsigned(header.getExpirationMs())),
                header.getTags());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedMessage signed && envelope.equals(signed.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "message %s from %s".formatted(message.header().uid(), message.source().shortText());
    }
}
