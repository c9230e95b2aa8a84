package org.p2prmb.libp2p.autonat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.autonat.AutoNatMessage.DialStatus;
import org.p2prmb.libp2p.autonat.AutoNatMessage.Status;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.wire.AutoNatProto;
import org.p2prmb.libp2p.wire.DialBackProto;
import org.p2prmb.libp2p.wire.DialBackResponseProto;
import org.p2prmb.libp2p.wire.DialDataRequestProto;
import org.p2prmb.libp2p.wire.DialDataResponseProto;
import org.p2prmb.libp2p.wire.DialRequestProto;
import org.p2prmb.libp2p.wire.DialResponseProto;

import java.io.IOException;
import java.util.Arrays;

/// The wire form of [AutoNatMessage] and of dial-backs: protobufs, each with its length in front.
final class AutoNatCodec {
    static final int MESSAGE_BYTES_MAX = 8 * 1024;
    static final int ADDRESSES_MAX = 50;

    /// Data of one message, as the specification has it.
    static final int CHUNK_BYTES_MAX = 4096;

    /// A nonce and what is around it, with room for later fields.
    private static final int DIAL_BACK_BYTES_MAX = 1024;

    private static final int DIAL_BACK_OK = 0;

    private AutoNatCodec() {}

    static AutoNatMessage read(Stream stream) throws IOException {
        return decode(Frames.read(stream, MESSAGE_BYTES_MAX));
    }

    static void write(Stream stream, AutoNatMessage message) throws IOException {
        Frames.write(stream, encode(message));
    }

    static byte[] encode(AutoNatMessage message) {
        var proto = AutoNatProto.newBuilder();
        switch (message) {
            case AutoNatMessage.DialRequest(var addresses, var nonce) -> {
                var request = DialRequestProto.newBuilder().setNonce(nonce);
                addresses.forEach(address -> request.addAddrs(wrap(address)));
                proto.setDialRequest(request);
            }
            case AutoNatMessage.DialDataRequest(var index, var bytes) ->
                    proto.setDialDataRequest(
                            DialDataRequestProto.newBuilder().setAddrIdx(index).setNumBytes(bytes));
            case AutoNatMessage.DialDataResponse(var data) ->
                    proto.setDialDataResponse(
                            DialDataResponseProto.newBuilder().setData(wrap(data)));
            case AutoNatMessage.DialResponse(var status, var index, var dial) ->
                    proto.setDialResponse(
                            DialResponseProto.newBuilder()
                                    .setStatus(status.code)
                                    .setAddrIdx(index)
                                    .setDialStatus(dial.code));
        }
        return proto.build().toByteArray();
    }

    static AutoNatMessage decode(byte[] encoded) throws ProtocolException {
        AutoNatProto proto;
        try {
            proto = AutoNatProto.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("AutoNAT message is not a protobuf", e);
        }
        return switch (proto.getMsgCase()) {
            case DIALREQUEST -> request(proto.getDialRequest());
            case DIALRESPONSE -> response(proto.getDialResponse());
            case DIALDATAREQUEST -> dataRequest(proto.getDialDataRequest());
            case DIALDATARESPONSE -> data(proto.getDialDataResponse());
            case MSG_NOT_SET -> throw new ProtocolException("AutoNAT message without content");
        };
    }

    private static AutoNatMessage request(DialRequestProto proto) throws ProtocolException {
        if (proto.getAddrsCount() > ADDRESSES_MAX) {
            throw new ProtocolException("more than %d addresses".formatted(ADDRESSES_MAX));
        }
        var addresses = proto.getAddrsList().stream().map(AutoNatCodec::bytes).toList();
        return new AutoNatMessage.DialRequest(addresses, proto.getNonce());
    }

    private static AutoNatMessage dataRequest(DialDataRequestProto proto) throws ProtocolException {
        if (proto.getNumBytes() < 0) {
            throw new ProtocolException("more data than there is");
        }
        return new AutoNatMessage.DialDataRequest(index(proto.getAddrIdx()), proto.getNumBytes());
    }

    private static AutoNatMessage data(DialDataResponseProto proto) throws ProtocolException {
        if (proto.getData().size() > CHUNK_BYTES_MAX) {
            throw new ProtocolException("more than %d bytes at once".formatted(CHUNK_BYTES_MAX));
        }
        return new AutoNatMessage.DialDataResponse(bytes(proto.getData()));
    }

    /// A code that nobody knows is no success.
    private static AutoNatMessage response(DialResponseProto proto) throws ProtocolException {
        var status =
                Arrays.stream(Status.values())
                        .filter(known -> known.code == proto.getStatus())
                        .findFirst()
                        .orElse(Status.INTERNAL_ERROR);
        var dial =
                Arrays.stream(DialStatus.values())
                        .filter(known -> known.code == proto.getDialStatus())
                        .findFirst()
                        .orElse(DialStatus.UNUSED);
        return new AutoNatMessage.DialResponse(status, index(proto.getAddrIdx()), dial);
    }

    private static int index(int index) throws ProtocolException {
        if (index < 0 || index >= ADDRESSES_MAX) {
            throw new ProtocolException("an address that was not asked for");
        }
        return index;
    }

    /// Writes the nonce that a server brings back.
    static void writeDialBack(Stream stream, long nonce) throws IOException {
        Frames.write(stream, DialBackProto.newBuilder().setNonce(nonce).build().toByteArray());
    }

    static long readDialBack(Stream stream) throws IOException {
        try {
            return DialBackProto.parseFrom(Frames.read(stream, DIAL_BACK_BYTES_MAX)).getNonce();
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("dial-back is not a protobuf", e);
        }
    }

    static void writeDialBackOk(Stream stream) throws IOException {
        var ok = DialBackResponseProto.newBuilder().setStatus(DIAL_BACK_OK).build();
        Frames.write(stream, ok.toByteArray());
    }

    static void readDialBackOk(Stream stream) throws IOException {
        try {
            var body = Frames.read(stream, DIAL_BACK_BYTES_MAX);
            if (DialBackResponseProto.parseFrom(body).getStatus() != DIAL_BACK_OK) {
                throw new ProtocolException("the dial-back was refused");
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("answer to a dial-back is not a protobuf", e);
        }
    }

    private static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.wrap(bytes.toByteArray());
    }
}
