package org.p2prmb.libp2p.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.wire.EnvelopeProto;

import java.util.List;

/// A statement with its author's valid signature: one that was sealed here or verified on opening.
///
/// The signature covers a domain, which keeps statements of one purpose from passing for another.
/// See [RFC 0002](https://github.com/libp2p/specs/blob/master/RFC/0002-signed-envelopes.md).
public final class SignedEnvelope {
    /// The largest encoding that [#open] looks at.
    public static final int ENCODED_BYTES_MAX = 1024 * 1024;

    private final PublicKey signer;
    private final Bytes payloadType;
    private final Bytes payload;
    private final Bytes signature;

    private SignedEnvelope(PublicKey signer, Bytes payloadType, Bytes payload, Bytes signature) {
        this.signer = signer;
        this.payloadType = payloadType;
        this.payload = payload;
        this.signature = signature;
    }

    /// Signs `payload` with `keys`.
    public static SignedEnvelope seal(
            KeyPair keys, String domain, Bytes payloadType, Bytes payload) {
        return seal(keys, domain, payloadType, payload, Signatures.REAL);
    }

    /// As the other `seal`, with signatures of another kind.
    public static SignedEnvelope seal(
            KeyPair keys, String domain, Bytes payloadType, Bytes payload, Signatures signatures) {
        var signature = signatures.sign(keys, signedBytes(domain, payloadType, payload));
        return new SignedEnvelope(keys.publicKey(), payloadType, payload, signature);
    }

    /// Reads an envelope and verifies it: the key, the payload type and the signature under
    /// `domain`.
    public static SignedEnvelope open(Bytes encoded, String domain, Bytes payloadType)
            throws ProtocolException {
        return open(encoded, domain, payloadType, Signatures.REAL);
    }

    /// As the other `open`, with signatures of another kind.
    public static SignedEnvelope open(
            Bytes encoded, String domain, Bytes payloadType, Signatures signatures)
            throws ProtocolException {
        var proto = parse(encoded);
        if (!bytes(proto.getPayloadType()).equals(payloadType)) {
            throw new ProtocolException("envelope has a payload of another type");
        }
        return restore(
                bytes(proto.getPublicKey()),
                domain,
                payloadType,
                bytes(proto.getPayload()),
                bytes(proto.getSignature()),
                signatures);
    }

    /// Verifies an envelope whose parts are at hand.
    ///
    /// @param publicKey of the signer, in its protobuf form
    public static SignedEnvelope restore(
            Bytes publicKey,
            String domain,
            Bytes payloadType,
            Bytes payload,
            Bytes signature,
            Signatures signatures)
            throws ProtocolException {
        var signer = signatures.decodeKey(publicKey);
        if (!signatures.verify(signer, signedBytes(domain, payloadType, payload), signature)) {
            throw new ProtocolException("envelope has a wrong signature");
        }
        return new SignedEnvelope(signer, payloadType, payload, signature);
    }

    /// What the unverified envelope says its payload is.
    static Bytes claimedPayloadType(Bytes encoded) throws ProtocolException {
        return bytes(parse(encoded).getPayloadType());
    }

    private static EnvelopeProto parse(Bytes encoded) throws ProtocolException {
        if (encoded.size() > ENCODED_BYTES_MAX) {
            throw new ProtocolException("envelope of " + encoded.size() + " bytes");
        }
        try {
            return EnvelopeProto.parseFrom(encoded.unsafeArray());
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("envelope is not a protobuf", e);
        }
    }

    private static Bytes signedBytes(String domain, Bytes payloadType, Bytes payload) {
        var fields = List.of(Bytes.utf8(domain), payloadType, payload);
        int size =
                fields.stream().mapToInt(field -> Varint.size(field.size()) + field.size()).sum();
        var signed = new byte[size];
        int at = 0;
        for (var field : fields) {
            at = Varint.write(field.size(), signed, at);
            System.arraycopy(field.unsafeArray(), 0, signed, at, field.size());
            at += field.size();
        }
        return Bytes.wrap(signed);
    }

    public PublicKey signer() {
        return signer;
    }

    public Bytes payloadType() {
        return payloadType;
    }

    public Bytes payload() {
        return payload;
    }

    public Bytes signature() {
        return signature;
    }

    /// The protobuf form.
    public Bytes encoded() {
        var proto =
                EnvelopeProto.newBuilder()
                        .setPublicKey(wrap(signer.encoded()))
                        .setPayloadType(wrap(payloadType))
                        .setPayload(wrap(payload))
                        .setSignature(wrap(signature))
                        .build();
        return Bytes.wrap(proto.toByteArray());
    }

    private static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.wrap(bytes.toByteArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedEnvelope envelope
                && signer.equals(envelope.signer)
                && payloadType.equals(envelope.payloadType)
                && payload.equals(envelope.payload)
                && signature.equals(envelope.signature);
    }

    @Override
    public int hashCode() {
        return signature.hashCode();
    }

    @Override
    public String toString() {
        return "SignedEnvelope[%s, type %s, %d bytes]"
                .formatted(signer.peerId(), payloadType, payload.size());
    }
}
