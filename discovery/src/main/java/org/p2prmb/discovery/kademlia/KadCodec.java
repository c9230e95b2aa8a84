package org.p2prmb.discovery.kademlia;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;

import org.p2prmb.discovery.wire.KadMessageProto;
import org.p2prmb.discovery.wire.KadPeerProto;
import org.p2prmb.discovery.wire.KadRecordProto;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.Wire;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The bytes of a [KadMessage], in the standard format.
///
/// What is read field by field never makes a list longer than its limit; what is beyond is skipped,
/// as are unknown fields, peers without a valid id and addresses of unknown kinds.
public final class KadCodec {
    /// The longest message that is read, in bytes; other stacks write up to 4 MiB.
    public static final int READ_MAX = 1024 * 1024;

    /// The longest message that is written: the limit of rust-libp2p's reader.
    public static final int WRITE_MAX = 16 * 1024;

    /// What is read or written of one peer.
    static final int PEER_BYTES_MAX = 8 * 1024;

    /// Types, lengths and tags of a message and its record.
    private static final int OVERHEAD_MAX = 128;

    /// Tags and lengths of a peer and of one address.
    private static final int PEER_OVERHEAD_MAX = 16;

    private static final int ADDRESS_OVERHEAD_MAX = 3;

    private static final int TYPE = 1;
    private static final int KEY = 2;
    private static final int RECORD = 3;
    private static final int CLOSER = 8;
    private static final int PROVIDERS = 9;

    private KadCodec() {}

    /// At most [#WRITE_MAX] bytes: every peer gets an equal share of the room, and addresses that
    /// do not fit in it are left out. Throws `IllegalArgumentException` when the value alone is too
    /// large.
    public static Bytes encode(KadMessage message) {
        var peers = message.closer().size() + message.providers().size();
        var room = WRITE_MAX - OVERHEAD_MAX - message.key().size() - size(message.record());
        if (room < 0) {
            throw new IllegalArgumentException("the value is too large for a message");
        }
        var share = peers == 0 ? 0 : Math.min(room / peers, PEER_BYTES_MAX);
        var proto =
                KadMessageProto.newBuilder()
                        .setType(type(message.type()))
                        .setKey(Wire.field(message.key()));
        message.record().ifPresent(record -> proto.setRecord(encode(record)));
        message.closer().forEach(peer -> encode(peer, share).ifPresent(proto::addCloserPeers));
        message.providers().forEach(peer -> encode(peer, share).ifPresent(proto::addProviderPeers));
        return Wire.encode(proto.build());
    }

    private static int size(Optional<KadRecord> record) {
        return record.map(found -> found.key().size() + found.value().size()).orElse(0);
    }

    private static KadRecordProto encode(KadRecord record) {
        var proto =
                KadRecordProto.newBuilder()
                        .setKey(Wire.field(record.key()))
                        .setValue(Wire.field(record.value()));
        record.receivedAt().ifPresent(time -> proto.setTimeReceived(time.toString()));
        return proto.build();
    }

    /// Empty when not even the id fits.
    private static Optional<KadPeerProto> encode(KadPeer peer, int bytesMax) {
        int room = bytesMax - PEER_OVERHEAD_MAX - peer.id().multihash().size();
        if (room < 0) {
            return Optional.empty();
        }
        var proto = KadPeerProto.newBuilder().setId(Wire.field(peer.id().multihash()));
        for (var address : peer.addresses()) {
            room -= ADDRESS_OVERHEAD_MAX + address.encoded().size();
            if (room < 0) {
                break;
            }
            proto.addAddrs(Wire.field(address.encoded()));
        }
        return Optional.of(proto.build());
    }

    /// Reads a message; the bytes must not change any more.
    public static KadMessage decode(byte[] encoded) throws ProtocolException {
        try {
            return read(encoded);
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new ProtocolException("not a Kademlia message", e);
        }
    }

    private static KadMessage read(byte[] encoded) throws IOException {
        var in = CodedInputStream.newInstance(encoded);
        var type = KadMessage.Type.PUT_VALUE;
        var key = Bytes.EMPTY;
        var record = Optional.<KadRecord>empty();
        var closer = new ArrayList<KadPeer>();
        var providers = new ArrayList<KadPeer>();
        for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
            var field = WireFormat.getTagFieldNumber(tag);
            var wire = WireFormat.getTagWireType(tag);
            if (field == TYPE && wire == WireFormat.WIRETYPE_VARINT) {
                type = type(in.readRawVarint32());
            } else if (wire != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                in.skipField(tag);
            } else if (field == KEY) {
                key = key(in.readBytes());
            } else if (field == RECORD) {
                record = Optional.of(record(in.readBytes()));
            } else if (field == CLOSER && closer.size() < KadMessage.PEERS_MAX) {
                peer(in.readBytes()).ifPresent(closer::add);
            } else if (field == PROVIDERS && providers.size() < KadMessage.PEERS_MAX) {
                peer(in.readBytes()).ifPresent(providers::add);
            } else {
                in.skipField(tag);
            }
        }
        return new KadMessage(type, key, record, closer, providers);
    }

    private static KadMessageProto.Type type(KadMessage.Type type) {
        return switch (type) {
            case PUT_VALUE -> KadMessageProto.Type.PUT_VALUE;
            case GET_VALUE -> KadMessageProto.Type.GET_VALUE;
            case ADD_PROVIDER -> KadMessageProto.Type.ADD_PROVIDER;
            case GET_PROVIDERS -> KadMessageProto.Type.GET_PROVIDERS;
            case FIND_NODE -> KadMessageProto.Type.FIND_NODE;
            case PING -> KadMessageProto.Type.PING;
        };
    }

    private static KadMessage.Type type(int number) throws ProtocolException {
        return switch (KadMessageProto.Type.forNumber(number)) {
            case PUT_VALUE -> KadMessage.Type.PUT_VALUE;
            case GET_VALUE -> KadMessage.Type.GET_VALUE;
            case ADD_PROVIDER -> KadMessage.Type.ADD_PROVIDER;
            case GET_PROVIDERS -> KadMessage.Type.GET_PROVIDERS;
            case FIND_NODE -> KadMessage.Type.FIND_NODE;
            case PING -> KadMessage.Type.PING;
            case null -> throw new ProtocolException("a Kademlia message of type " + number);
        };
    }

    private static Bytes key(ByteString key) throws ProtocolException {
        if (key.size() > KadMessage.KEY_BYTES_MAX) {
            throw new ProtocolException("a key of " + key.size() + " bytes");
        }
        return Wire.bytes(key);
    }

    private static KadRecord record(ByteString encoded) throws IOException {
        var proto = KadRecordProto.parseFrom(encoded);
        return new KadRecord(
                key(proto.getKey()),
                Wire.bytes(proto.getValue()),
                proto.hasTimeReceived() ? time(proto.getTimeReceived()) : Optional.empty());
    }

    /// A claim that nobody relies on: one that cannot be read is as none.
    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<KadPeer> peer(ByteString encoded) throws IOException {
        var proto = KadPeerProto.parseFrom(encoded);
        try {
            var id = PeerId.decode(Wire.bytes(proto.getId()));
            return Optional.of(KadPeer.of(id, addresses(proto.getAddrsList(), id)));
        } catch (ProtocolException e) {
            return Optional.empty(); // One of a kind that is newer than we.
        }
    }

    /// Those that lead to the peer, without its id.
    private static List<Multiaddr> addresses(List<ByteString> encoded, PeerId id) {
        var addresses = new ArrayList<Multiaddr>();
        int room = PEER_BYTES_MAX;
        for (var bytes : encoded) {
            room -= bytes.size();
            if (room < 0 || addresses.size() == KadPeer.ADDRESSES_MAX) {
                break;
            }
            Multiaddr.decodeKnown(Wire.bytes(bytes))
                    .filter(address -> address.peer().map(id::equals).orElse(true))
                    .map(Multiaddr::withoutPeer)
                    .filter(address -> address.peer().isEmpty())
                    .ifPresent(addresses::add);
        }
        return addresses;
    }
}
