package org.p2prmb.libp2p.relay;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.wire.CircuitLimitProto;
import org.p2prmb.libp2p.wire.CircuitPeerProto;
import org.p2prmb.libp2p.wire.HopMessageProto;
import org.p2prmb.libp2p.wire.ReservationProto;
import org.p2prmb.libp2p.wire.StopMessageProto;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The wire form of [HopMessage] and [StopMessage]: protobufs, each with its length in front.
final class CircuitCodec {
    static final int MESSAGE_BYTES_MAX = 4096;

    /// Addresses of a relay that are written, and read.
    static final int ADDRESSES_MAX = 16;

    private static final int HOP_RESERVE = 0;
    private static final int HOP_CONNECT = 1;
    private static final int HOP_STATUS = 2;
    private static final int STOP_CONNECT = 0;
    private static final int STOP_STATUS = 1;

    /// Beyond it a time is no time any more: the year 9999.
    private static final long EPOCH_SECONDS_MAX = 253_402_300_799L;

    /// What an unsigned number of 32 bits holds.
    private static final long SECONDS_MAX = 0xffffffffL;

    private CircuitCodec() {}

    static HopMessage readHop(Stream stream) throws IOException {
        return decodeHop(Frames.read(stream, MESSAGE_BYTES_MAX));
    }

    static StopMessage readStop(Stream stream) throws IOException {
        return decodeStop(Frames.read(stream, MESSAGE_BYTES_MAX));
    }

    static void write(Stream stream, HopMessage message) throws IOException {
        Frames.write(stream, encode(message));
    }

    static void write(Stream stream, StopMessage message) throws IOException {
        Frames.write(stream, encode(message));
    }

    static byte[] encode(HopMessage message) {
        var proto = HopMessageProto.newBuilder();
        switch (message) {
            case HopMessage.Reserve() -> proto.setType(HOP_RESERVE);
            case HopMessage.Connect(var peer) -> proto.setType(HOP_CONNECT).setPeer(proto(peer));
            case HopMessage.Answer(var status, var reservation, var limit) -> {
                proto.setType(HOP_STATUS).setStatus(status.code());
                reservation.ifPresent(granted -> proto.setReservation(proto(granted)));
                if (limit.limits()) {
                    proto.setLimit(proto(limit));
                }
            }
        }
        return proto.build().toByteArray();
    }

    static byte[] encode(StopMessage message) {
        var proto = StopMessageProto.newBuilder();
        switch (message) {
            case StopMessage.Connect(var peer, var limit) -> {
                proto.setType(STOP_CONNECT).setPeer(proto(peer));
                if (limit.limits()) {
                    proto.setLimit(proto(limit));
                }
            }
            case StopMessage.Answer(var status) ->
                    proto.setType(STOP_STATUS).setStatus(status.code());
        }
        return proto.build().toByteArray();
    }

    static HopMessage decodeHop(byte[] encoded) throws ProtocolException {
        HopMessageProto proto;
        try {
            proto = HopMessageProto.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("hop message is not a protobuf", e);
        }
        return switch (proto.getType()) {
            case HOP_RESERVE -> new HopMessage.Reserve();
            case HOP_CONNECT -> new HopMessage.Connect(peer(proto.getPeer()));
            case HOP_STATUS ->
                    new HopMessage.Answer(
                            RelayStatus.of(proto.getStatus()),
                            proto.hasReservation()
                                    ? Optional.of(reservation(proto.getReservation()))
                                    : Optional.empty(),
                            limit(proto.getLimit()));
            default -> throw new ProtocolException("hop message of unknown type");
        };
    }

    static StopMessage decodeStop(byte[] encoded) throws ProtocolException {
        StopMessageProto proto;
        try {
            proto = StopMessageProto.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("stop message is not a protobuf", e);
        }
        return switch (proto.getType()) {
            case STOP_CONNECT ->
                    new StopMessage.Connect(peer(proto.getPeer()), limit(proto.getLimit()));
            case STOP_STATUS -> new StopMessage.Answer(RelayStatus.of(proto.getStatus()));
            default -> throw new ProtocolException("stop message of unknown type");
        };
    }

    private static CircuitPeerProto proto(PeerId peer) {
        return CircuitPeerProto.newBuilder().setId(wrap(peer.multihash())).build();
    }

    private static ReservationProto proto(Reservation reservation) {
        var proto = ReservationProto.newBuilder().setExpire(reservation.expires().getEpochSecond());
        for (var address : reservation.addresses()) {
            proto.addAddrs(wrap(address.encoded()));
        }
        if (reservation.voucher().size() > 0) {
            proto.setVoucher(wrap(reservation.voucher()));
        }
        return proto.build();
    }

    private static CircuitLimitProto proto(CircuitLimit limit) {
        var seconds = (int) Math.min(limit.duration().toSeconds(), SECONDS_MAX);
        return CircuitLimitProto.newBuilder()
                .setDuration(seconds)
                .setData(limit.bytesMax())
                .build();
    }

    /// Where the peer is does not matter: whoever is asked knows.
    private static PeerId peer(CircuitPeerProto proto) throws ProtocolException {
        return PeerId.decode(bytes(proto.getId()));
    }

    private static Reservation reservation(ReservationProto proto) throws ProtocolException {
        return new Reservation(
                instant(proto.getExpire()),
                addresses(proto.getAddrsList()),
                bytes(proto.getVoucher()));
    }

    private static List<Multiaddr> addresses(List<ByteString> encoded) {
        return encoded.stream()
                .limit(ADDRESSES_MAX)
                .map(address -> Multiaddr.decodeKnown(bytes(address)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static CircuitLimit limit(CircuitLimitProto proto) {
        // Unsigned numbers that are negative here are as good as none.
        return new CircuitLimit(
                Duration.ofSeconds(Integer.toUnsignedLong(proto.getDuration())),
                proto.getData() < 0 ? Long.MAX_VALUE : proto.getData());
    }

    static Instant instant(long epochSeconds) throws ProtocolException {
        if (epochSeconds < 0 || epochSeconds > EPOCH_SECONDS_MAX) {
            throw new ProtocolException("a time that is none: " + epochSeconds);
        }
        return Instant.ofEpochSecond(epochSeconds);
    }

    private static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.wrap(bytes.toByteArray());
    }
}
