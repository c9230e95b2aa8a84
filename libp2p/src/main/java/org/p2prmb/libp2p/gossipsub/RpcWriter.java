package org.p2prmb.libp2p.gossipsub;

import com.google.protobuf.MessageLite;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.wire.ControlGraftProto;
import org.p2prmb.libp2p.wire.ControlIDontWantProto;
import org.p2prmb.libp2p.wire.ControlIHaveProto;
import org.p2prmb.libp2p.wire.ControlIWantProto;
import org.p2prmb.libp2p.wire.ControlMessageProto;
import org.p2prmb.libp2p.wire.ControlPruneProto;
import org.p2prmb.libp2p.wire.PeerInfoProto;
import org.p2prmb.libp2p.wire.RpcProto;
import org.p2prmb.libp2p.wire.SubOptsProto;

import java.util.ArrayList;
import java.util.List;

/// Encodes RPCs, split so that every stack takes them: at most 64 KiB unless a single message is
/// larger, 100 subscriptions, and 16 KiB of control; some count subscriptions as control, too.
final class RpcWriter {
    static final int RPC_BYTES_MAX = 64 * 1024;
    static final int SUBSCRIPTIONS_MAX = 100;
    static final int CONTROL_BYTES_MAX = 16 * 1024;

    /// The widest tag and length in front of a part.
    private static final int PART_HEADER_BYTES = 6;

    private static final int IDS_BYTES_MAX = CONTROL_BYTES_MAX / 4;

    /// What a PRUNE says of other peers; with the name of its topic it still is one RPC.
    private static final int INTRODUCTIONS_BYTES_MAX = CONTROL_BYTES_MAX * 3 / 4;

    private static final byte PUBLISH_TAG = PubsubCodec.RPC_PUBLISH << 3 | 2;

    private RpcWriter() {}

    /// The bodies of one or more frames that together say `rpc`.
    static List<Bytes> encode(Rpc rpc) {
        var frames = new ArrayList<Bytes>();
        subscriptions(rpc.subscriptions(), frames);
        messages(rpc.messages(), frames);
        control(rpc.control(), frames);
        return frames;
    }

    /// How many bytes `message` takes in an RPC.
    static int size(GossipMessage message) {
        var size = message.encoded().size();
        return 1 + Varint.size(size) + size;
    }

    /// Writes `message` as a part of an RPC; returns where the next part goes.
    static int write(GossipMessage message, byte[] into, int offset) {
        var encoded = message.encoded().unsafeArray();
        into[offset] = PUBLISH_TAG;
        var at = Varint.write(encoded.length, into, offset + 1);
        System.arraycopy(encoded, 0, into, at, encoded.length);
        return at + encoded.length;
    }

    private static void subscriptions(List<SubscriptionChange> changes, List<Bytes> frames) {
        var rpc = RpcProto.newBuilder();
        var size = 0;
        for (var change : changes) {
            var word =
                    SubOptsProto.newBuilder()
                            .setSubscribe(change.subscribe())
                            .setTopicid(change.topic())
                            .build();
            var more = word.getSerializedSize() + PART_HEADER_BYTES;
            var full = rpc.getSubscriptionsCount() == SUBSCRIPTIONS_MAX;
            if (full || (size > 0 && size + more > CONTROL_BYTES_MAX)) {
                frames.add(Bytes.wrap(rpc.build().toByteArray()));
                rpc.clear();
                size = 0;
            }
            rpc.addSubscriptions(word);
            size += more;
        }
        if (size > 0) {
            frames.add(Bytes.wrap(rpc.build().toByteArray()));
        }
    }

    private static void messages(List<GossipMessage> messages, List<Bytes> frames) {
        var from = 0;
        while (from < messages.size()) {
            var to = from;
            var size = 0;
            do {
                size += size(messages.get(to++));
            } while (to < messages.size() && size + size(messages.get(to)) <= RPC_BYTES_MAX);
            var body = new byte[size];
            var at = 0;
            for (var message : messages.subList(from, to)) {
                at = write(message, body, at);
            }
            frames.add(Bytes.wrap(body));
            from = to;
        }
    }

    private static void control(Rpc.Control control, List<Bytes> frames) {
        var packing = new Packing(frames);
        for (var topic : control.graft()) {
            var word = ControlGraftProto.newBuilder().setTopicID(topic).build();
            packing.room(word).addGraft(word);
        }
        for (var prune : control.prune()) {
            var word = prune(prune);
            packing.room(word).addPrune(word);
        }
        for (var ids : chunks(control.iwant())) {
            var word = iwant(ids);
            packing.room(word).addIwant(word);
        }
        for (var ihave : control.ihave()) {
            for (var ids : chunks(ihave.ids())) {
                var word = ihave(ihave.topic(), ids);
                packing.room(word).addIhave(word);
            }
        }
        for (var idontwant : control.idontwant()) {
            var ids = idontwant.ids();
            for (var from = 0; from < ids.size(); from += PubsubCodec.UNWANTED_MAX) {
                var to = Math.min(ids.size(), from + PubsubCodec.UNWANTED_MAX);
                var word = idontwant(ids.subList(from, to));
                packing.room(word).addIdontwant(word);
            }
        }
        packing.finish();
    }

    /// Fills control messages up to their limit, one word after the other.
    private static final class Packing {
        private final List<Bytes> frames;
        private ControlMessageProto.Builder control = ControlMessageProto.newBuilder();
        private int size;

        Packing(List<Bytes> frames) {
            this.frames = frames;
        }

        /// Where `word` goes.
        ControlMessageProto.Builder room(MessageLite word) {
            var more = word.getSerializedSize() + PART_HEADER_BYTES;
            if (size + more > CONTROL_BYTES_MAX) {
                finish();
            }
            size += more;
            return control;
        }

        void finish() {
            if (size > 0) {
                var rpc = RpcProto.newBuilder().setControl(control).build();
                frames.add(Bytes.wrap(rpc.toByteArray()));
                control = ControlMessageProto.newBuilder();
                size = 0;
            }
        }
    }

    /// Whose introduction has no room is not introduced: a signed record may have 8 KiB.
    private static ControlPruneProto prune(Prune prune) {
        var word = ControlPruneProto.newBuilder().setTopicID(prune.topic());
        var size = 0;
        for (var peer : prune.peers()) {
            var info = introduction(peer);
            var more = info.getSerializedSize() + PART_HEADER_BYTES;
            if (size + more <= INTRODUCTIONS_BYTES_MAX) {
                word.addPeers(info);
                size += more;
            }
        }
        if (prune.backoffSeconds() != 0) {
            word.setBackoff(prune.backoffSeconds());
        }
        return word.build();
    }

    private static PeerInfoProto introduction(Introduction peer) {
        var info = PeerInfoProto.newBuilder().setPeerID(PubsubCodec.wrap(peer.peerId()));
        if (peer.signedRecord().size() > 0) {
            info.setSignedPeerRecord(PubsubCodec.wrap(peer.signedRecord()));
        }
        return info.build();
    }

    private static ControlIWantProto iwant(List<Bytes> ids) {
        var word = ControlIWantProto.newBuilder();
        ids.forEach(id -> word.addMessageIDs(PubsubCodec.wrap(id)));
        return word.build();
    }

    private static ControlIDontWantProto idontwant(List<Bytes> ids) {
        var word = ControlIDontWantProto.newBuilder();
        ids.forEach(id -> word.addMessageIDs(PubsubCodec.wrap(id)));
        return word.build();
    }

    private static ControlIHaveProto ihave(String topic, List<Bytes> ids) {
        var word = ControlIHaveProto.newBuilder().setTopicID(topic);
        ids.forEach(id -> word.addMessageIDs(PubsubCodec.wrap(id)));
        return word.build();
    }

    private static List<List<Bytes>> chunks(List<Bytes> ids) {
        var chunks = new ArrayList<List<Bytes>>();
        var from = 0;
        var size = 0;
        for (var to = 0; to < ids.size(); to++) {
            var more = ids.get(to).size() + PART_HEADER_BYTES;
            if (to > from && size + more > IDS_BYTES_MAX) {
                chunks.add(ids.subList(from, to));
                from = to;
                size = 0;
            }
            size += more;
        }
        if (from < ids.size()) {
            chunks.add(ids.subList(from, ids.size()));
        }
        return chunks;
    }
}
