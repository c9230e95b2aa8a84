package org.p2prmb.libp2p.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.wire.AddressInfoProto;
import org.p2prmb.libp2p.wire.PeerRecordProto;

import java.util.ArrayList;
import java.util.List;

/// Where a peer says that it can be reached: the statement that it signs and others pass on.
///
/// See [RFC 0003](https://github.com/libp2p/specs/blob/master/RFC/0003-routing-records.md).
///
/// @param sequence an unsigned number; a record replaces those with lower ones, see [#newerThan]
/// @param addresses at most 64
public record PeerRecord(PeerId peer, long sequence, List<Multiaddr> addresses) {
    /// The largest sealed record that [#open] looks at.
    public static final int SEALED_BYTES_MAX = 8 * 1024;

    public static final int ADDRESSES_MAX = 64;

    private static final String DOMAIN = "libp2p-peer-record";
    private static final Bytes PAYLOAD_TYPE = Bytes.hex("0301");

    /// What rust-libp2p signs unless it is told otherwise.
    private static final String LEGACY_DOMAIN = "libp2p-routing-state";

    private static final Bytes LEGACY_PAYLOAD_TYPE = Bytes.utf8("/libp2p/routing-state-record");

    /// Throws `IllegalArgumentException` for more than [#ADDRESSES_MAX] addresses.
    public PeerRecord {
        addresses = List.copyOf(addresses);
        if (addresses.size() > ADDRESSES_MAX) {
            throw new IllegalArgumentException(
                    "a peer record has at most " + ADDRESSES_MAX + " addresses");
        }
    }

    /// True when this record replaces `other`.
    public boolean newerThan(PeerRecord other) {
        return Long.compareUnsigned(sequence, other.sequence) > 0;
    }

    /// Signs this record, which must be of the owner of `keys`, and returns the encoded envelope.
    public Bytes seal(KeyPair keys) {
        if (!keys.peerId().equals(peer)) {
            throw new IllegalArgumentException("a peer record is signed by its own peer");
        }
        var proto = PeerRecordProto.newBuilder().setSeq(sequence);
        proto.setPeerId(UnsafeByteOperations.unsafeWrap(peer.multihash().unsafeArray()));
        for (var address : addresses) {
            var bytes = UnsafeByteOperations.unsafeWrap(address.encoded().unsafeArray());
            proto.addAddresses(AddressInfoProto.newBuilder().setMultiaddr(bytes));
        }
        var payload = Bytes.wrap(proto.build().toByteArray());
        return SignedEnvelope.seal(keys, DOMAIN, PAYLOAD_TYPE, payload).encoded();
    }

    /// Reads an encoded envelope, verifies it and requires its signer to be the record's peer.
    ///
    /// Addresses that we cannot read are left out: they may be of a kind that is newer than we.
    /// The caller still has to see whether the peer is the one that it expects.
    public static PeerRecord open(Bytes envelope) throws ProtocolException {
        if (envelope.size() > SEALED_BYTES_MAX) {
            throw new ProtocolException("peer record of " + envelope.size() + " bytes");
        }
        boolean legacy = SignedEnvelope.claimedPayloadType(envelope).equals(LEGACY_PAYLOAD_TYPE);
        var opened =
                legacy
                        ? SignedEnvelope.open(envelope, LEGACY_DOMAIN, LEGACY_PAYLOAD_TYPE)
                        : SignedEnvelope.open(envelope, DOMAIN, PAYLOAD_TYPE);
        PeerRecordProto proto;
        try {
            proto = PeerRecordProto.parseFrom(opened.payload().unsafeArray());
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("peer record is not a protobuf", e);
        }
        var peer = PeerId.decode(Bytes.wrap(proto.getPeerId().toByteArray()));
        if (!peer.equals(opened.signer().peerId())) {
            throw new ProtocolException("peer record is signed by another peer");
        }
        return new PeerRecord(peer, proto.getSeq(), addresses(proto));
    }

    private static List<Multiaddr> addresses(PeerRecordProto proto) throws ProtocolException {
        if (proto.getAddressesCount() > ADDRESSES_MAX) {
            throw new ProtocolException(
                    "peer record with " + proto.getAddressesCount() + " addresses");
        }
        var addresses = new ArrayList<Multiaddr>();
        for (var address : proto.getAddressesList()) {
            Multiaddr.decodeKnown(Bytes.wrap(address.getMultiaddr().toByteArray()))
                    .ifPresent(addresses::add);
        }
        return addresses;
    }
}
