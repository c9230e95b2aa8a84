package org.p2prmb.libp2p.gossipsub;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.wire.ControlGraftProto;
import org.p2prmb.libp2p.wire.ControlIDontWantProto;
import org.p2prmb.libp2p.wire.ControlIHaveProto;
import org.p2prmb.libp2p.wire.ControlIWantProto;
import org.p2prmb.libp2p.wire.ControlPruneProto;
import org.p2prmb.libp2p.wire.PeerInfoProto;
import org.p2prmb.libp2p.wire.SubOptsProto;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads the RPCs of peers.
///
/// An RPC is read field by field, so that no list grows beyond its limit; what is beyond a limit is
/// skipped. Unknown fields are ignored.
final class PubsubCodec {
    static final int RPC_PUBLISH = 2;
    static final int CONTROL_BYTES_MAX = 256 * 1024;

    private static final int RPC_SUBSCRIPTIONS = 1;
    private static final int RPC_CONTROL = 3;
    private static final int IHAVE = 1;
    private static final int IWANT = 2;
    private static final int GRAFT = 3;
    private static final int PRUNE = 4;
    private static final int IDONTWANT = 5;

    private static final int SUBSCRIPTIONS_MAX = 1_000;
    private static final int MESSAGES_MAX = 5_000;
    private static final int CONTROLS_MAX = 1_000;
    private static final int IDS_MAX = 5_000;
    private static final int ID_BYTES_MAX = 256;
    private static final int INTRODUCTIONS_MAX = 32;

    /// The ids in one IDONTWANT, written and read.
    static final int UNWANTED_MAX = 10;

    private final StrictSign policy;

    PubsubCodec(StrictSign policy) {
        this.policy = policy;
    }

    /// Reads one RPC; `frame` must not change any more.
    Rpc decode(byte[] frame) throws ProtocolException {
        var reading = new Reading();
        try {
            reading.rpc(frame);
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new ProtocolException("malformed pubsub RPC", e);
        }
        return reading.result();
    }

    /// One RPC as far as it is read.
    private final class Reading {
        private final List<SubscriptionChange> subscriptions = new ArrayList<>(0);
        private final List<GossipMessage> messages = new ArrayList<>(1);
        private final List<String> invalid = new ArrayList<>(0);
        private final List<Ihave> ihave = new ArrayList<>(0);
        private final List<Bytes> iwant = new ArrayList<>(0);
        private final List<String> graft = new ArrayList<>(0);
        private final List<Prune> prune = new ArrayList<>(0);
        private final List<Idontwant> idontwant = new ArrayList<>(0);
        private int idsAnnounced;

        Rpc result() {
            var control = new Control(ihave, iwant, graft, prune, idontwant);
            return new Rpc(subscriptions, messages, invalid, control);
        }

        void rpc(byte[] frame) throws IOException {
            var in = CodedInputStream.newInstance(frame);
            for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    in.skipField(tag);
                    continue;
                }
                var length = in.readRawVarint32();
                var start = in.getTotalBytesRead();
                in.skipRawBytes(length);
                field(WireFormat.getTagFieldNumber(tag), frame, start, length);
            }
        }

        private void field(int number, byte[] frame, int start, int length) throws IOException {
            switch (number) {
                case RPC_SUBSCRIPTIONS -> subscription(frame, start, length);
                case RPC_PUBLISH -> message(frame, start, length);
                case RPC_CONTROL -> control(frame, start, length);
                default -> {} // Extensions that we do not speak.
            }
        }

        private void subscription(byte[] frame, int start, int length) throws IOException {
            if (subscriptions.size() < SUBSCRIPTIONS_MAX) {
                var change = SubOptsProto.parser().parseFrom(frame, start, length);
                subscriptions.add(
                        new SubscriptionChange(change.getSubscribe(), change.getTopicid()));
            }
        }

        private void message(byte[] frame, int start, int length) throws IOException {
            if (messages.size() + invalid.size() >= MESSAGES_MAX) {
                return;
            }
            var fields = SignedBytes.of(frame, start, start + length);
            policy.read(fields)
                    .ifPresentOrElse(
                            messages::add,
                            () -> invalid.add(fields.field(SignedBytes.TOPIC).toUtf8()));
        }

        private void control(byte[] frame, int start, int length) throws IOException {
            if (length > CONTROL_BYTES_MAX) {
                throw new ProtocolException("control of " + length + " bytes");
            }
            var in = CodedInputStream.newInstance(frame, start, length);
            for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    in.skipField(tag);
                    continue;
                }
                var word = in.readBytes();
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case IHAVE -> ihave(ControlIHaveProto.parseFrom(word));
                    case IWANT -> iwant(ControlIWantProto.parseFrom(word));
                    case GRAFT -> graft(ControlGraftProto.parseFrom(word));
                    case PRUNE -> prune(ControlPruneProto.parseFrom(word));
                    case IDONTWANT -> idontwant(ControlIDontWantProto.parseFrom(word));
                    default -> {} // Words of later versions: the extensions of 1.3 are the next.
                }
            }
        }

        private void ihave(ControlIHaveProto word) {
            if (ihave.size() < CONTROLS_MAX && idsAnnounced < IDS_MAX) {
                var ids = ids(word.getMessageIDsList(), IDS_MAX - idsAnnounced);
                idsAnnounced += ids.size();
                ihave.add(new Ihave(word.getTopicID(), ids));
            }
        }

        private void iwant(ControlIWantProto word) {
            iwant.addAll(ids(word.getMessageIDsList(), IDS_MAX - iwant.size()));
        }

        private void graft(ControlGraftProto word) {
            if (graft.size() < CONTROLS_MAX) {
                graft.add(word.getTopicID());
            }
        }

        private void prune(ControlPruneProto word) {
            if (prune.size() < CONTROLS_MAX) {
                var peers =
                        word.getPeersList().stream()
                                .limit(INTRODUCTIONS_MAX)
                                .map(Reading::introduction)
                                .toList();
                prune.add(new Prune(word.getTopicID(), peers, word.getBackoff()));
            }
        }

        private void idontwant(ControlIDontWantProto word) {
            if (idontwant.size() < CONTROLS_MAX) {
                idontwant.add(new Idontwant(ids(word.getMessageIDsList(), UNWANTED_MAX)));
            }
        }

        private static Introduction introduction(PeerInfoProto peer) {
            return new Introduction(bytes(peer.getPeerID()), bytes(peer.getSignedPeerRecord()));
        }

        private static List<Bytes> ids(List<ByteString> ids, int idsMax) {
            return ids.stream()
                    .filter(id -> !id.isEmpty() && id.size() <= ID_BYTES_MAX)
                    .limit(idsMax)
                    .map(Reading::bytes)
                    .toList();
        }

        private static Bytes bytes(ByteString bytes) {
            return Bytes.wrap(bytes.toByteArray());
        }
    }

    static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }
}
