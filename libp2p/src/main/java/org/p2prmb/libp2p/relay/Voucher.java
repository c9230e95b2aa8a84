package org.p2prmb.libp2p.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.SignedEnvelope;
import org.p2prmb.libp2p.wire.VoucherProto;

import java.time.Instant;

/// A relay's signed word that it relays for a peer.
///
/// @param expires whole seconds
public record Voucher(PeerId relay, PeerId peer, Instant expires) {
    private static final String DOMAIN = "libp2p-relay-rsvp";
    private static final Bytes PAYLOAD_TYPE = Bytes.hex("0302");

    /// Signs this voucher, which must be of the owner of `keys`.
    Bytes seal(KeyPair keys) {
        if (!keys.peerId().equals(relay)) {
            throw new IllegalArgumentException("a voucher is signed by its relay");
        }
        var proto =
                VoucherProto.newBuilder()
                        .setRelay(UnsafeByteOperations.unsafeWrap(relay.multihash().unsafeArray()))
                        .setPeer(UnsafeByteOperations.unsafeWrap(peer.multihash().unsafeArray()))
                        .setExpiration(expires.getEpochSecond())
                        .build();
        var payload = Bytes.wrap(proto.toByteArray());
        return SignedEnvelope.seal(keys, DOMAIN, PAYLOAD_TYPE, payload).encoded();
    }

    /// Reads an encoded envelope, verifies it and requires its signer to be the voucher's relay.
    static Voucher open(Bytes envelope) throws ProtocolException {
        var opened = SignedEnvelope.open(envelope, DOMAIN, PAYLOAD_TYPE);
        VoucherProto proto;
        try {
            proto = VoucherProto.parseFrom(opened.payload().unsafeArray());
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("voucher is not a protobuf", e);
        }
        var relay = PeerId.decode(Bytes.wrap(proto.getRelay().toByteArray()));
        if (!relay.equals(opened.signer().peerId())) {
            throw new ProtocolException("voucher is signed by another peer");
        }
        return new Voucher(
                relay,
                PeerId.decode(Bytes.wrap(proto.getPeer().toByteArray())),
                CircuitCodec.instant(proto.getExpiration()));
    }
}
