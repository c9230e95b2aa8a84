package org.p2prmb.libp2p.gossipsub;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.wire.PubsubMessageProto;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The signature policy of all our topics: every message names its author and is signed by it.
///
/// Thread-safe: verification runs on many threads.
final class StrictSign {
    private static final Bytes PREFIX = Bytes.utf8("libp2p-pubsub:");
    private static final int KEYS_MAX = 1_000;

    private final MessageIds ids;
    private final Signatures signatures;

    /// Parsed keys of the authors met lately: parsing costs a third of verifying.
    private final Map<PeerId, PublicKey> keys =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(16, 0.75f, true) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<PeerId, PublicKey> eldest) {
                            return size() > KEYS_MAX;
                        }
                    });

    StrictSign(MessageIds ids, Signatures signatures) {
        this.ids = ids;
        this.signatures = signatures;
    }

    /// With the signatures of the network.
    StrictSign(MessageIds ids) {
        this(ids, Signatures.REAL);
    }

    /// A message of ours, signed.
    GossipMessage sign(KeyPair keys, long seqno, String topic, Bytes data) {
        var from = keys.peerId();
        var message =
                PubsubMessageProto.newBuilder()
                        .setFrom(wrap(from.multihash()))
                        .setData(wrap(data))
                        .setSeqno(ByteString.copyFrom(Seqno.encode(seqno)))
                        .setTopic(topic);
        var signature =
                signatures.sign(keys, PREFIX.concat(Bytes.wrap(message.build().toByteArray())));
        message.setSignature(wrap(signature));
        if (from.inlinedKey().isEmpty()) {
            message.setKey(wrap(keys.publicKey().encoded()));
        }
        var id = ids.of(from.multihash(), seqno, topic, data);
        var encoded = Bytes.wrap(message.build().toByteArray());
        return new GossipMessage(id, from, seqno, topic, data, encoded);
    }

    /// The message at `fields`, its signature not yet verified; empty when it cannot be valid
    /// because author, sequence number or signature are missing or malformed.
    Optional<GossipMessage> read(SignedBytes fields) {
        var seqno = fields.field(SignedBytes.SEQNO);
        if (seqno.size() != Long.BYTES || !fields.has(SignedBytes.SIGNATURE)) {
            return Optional.empty();
        }
        try {
            var from = PeerId.decode(fields.field(SignedBytes.FROM));
            var topic = fields.field(SignedBytes.TOPIC).toUtf8();
            var data = fields.field(SignedBytes.DATA);
            var number = Seqno.decode(seqno);
            var id = ids.of(from.multihash(), number, topic, data);
            return Optional.of(new GossipMessage(id, from, number, topic, data, fields.encoded()));
        } catch (ProtocolException e) {
            return Optional.empty(); // The author is no peer.
        }
    }

    /// Whether the message's author signed it.
    boolean verify(GossipMessage message) {
        try {
            var encoded = message.encoded();
            var fields = SignedBytes.of(encoded.unsafeArray(), 0, encoded.size());
            var key = key(message.from(), fields);
            return key.isPresent()
                    && signatures.verify(
                            key.get(), fields.signed(PREFIX), fields.field(SignedBytes.SIGNATURE));
        } catch (ProtocolException e) {
            return false;
        }
    }

    private Optional<PublicKey> key(PeerId from, SignedBytes fields) throws ProtocolException {
        if (fields.has(SignedBytes.KEY)) {
            var key = signatures.decodeKey(fields.field(SignedBytes.KEY));
            return key.peerId().equals(from) ? Optional.of(key) : Optional.empty();
        }
        var known = keys.get(from);
        if (known == null) {
            var inlined = from.inlinedKey();
            inlined.ifPresent(key -> keys.put(from, key));
            return inlined;
        }
        return Optional.of(known);
    }

    private static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }
}
