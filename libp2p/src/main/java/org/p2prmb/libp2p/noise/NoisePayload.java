package org.p2prmb.libp2p.noise;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.wire.NoiseExtensionsProto;
import org.p2prmb.libp2p.wire.NoiseHandshakePayloadProto;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a side says in the encrypted part of the handshake: who it is, the proof that the static
/// key is its own, and the muxers that it speaks.
///
/// See the [libp2p Noise specification](https://github.com/libp2p/specs/tree/master/noise).
record NoisePayload(PublicKey identity, Bytes signature, List<String> muxers) {
    /// A remote that lists more is not answered at length.
    static final int MUXERS_MAX = 100;

    private static final byte[] SIGNED_PREFIX =
            "noise-libp2p-static-key:".getBytes(StandardCharsets.US_ASCII);

    NoisePayload {
        muxers = List.copyOf(muxers);
    }

    static NoisePayload sign(KeyPair identity, byte[] staticKey, List<String> muxers) {
        return new NoisePayload(
                identity.publicKey(), identity.sign(signedBytes(staticKey)), muxers);
    }

    byte[] encoded() {
        return NoiseHandshakePayloadProto.newBuilder()
                .setIdentityKey(ByteString.copyFrom(identity.encoded().unsafeArray()))
                .setIdentitySig(ByteString.copyFrom(signature.unsafeArray()))
                .setExtensions(NoiseExtensionsProto.newBuilder().addAllStreamMuxers(muxers))
                .build()
                .toByteArray();
    }

    /// The payload of the owner of `staticKey`; throws when the identity did not sign that key.
    static NoisePayload verified(byte[] encoded, byte[] staticKey) throws ProtocolException {
        var payload = decode(encoded);
        if (!payload.identity.verify(signedBytes(staticKey), payload.signature)) {
            throw new ProtocolException("noise: the identity did not sign the static key");
        }
        return payload;
    }

    private static NoisePayload decode(byte[] encoded) throws ProtocolException {
        try {
            var proto = NoiseHandshakePayloadProto.parseFrom(encoded);
            List<String> muxers = proto.getExtensions().getStreamMuxersList();
            return new NoisePayload(
                    PublicKey.decode(Bytes.wrap(proto.getIdentityKey().toByteArray())),
                    Bytes.wrap(proto.getIdentitySig().toByteArray()),
                    muxers.size() > MUXERS_MAX ? List.of() : muxers);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("noise: handshake payload is malformed", e);
        }
    }

    static Bytes signedBytes(byte[] staticKey) {
        return Bytes.wrap(SIGNED_PREFIX).concat(Bytes.wrap(staticKey));
    }
}
