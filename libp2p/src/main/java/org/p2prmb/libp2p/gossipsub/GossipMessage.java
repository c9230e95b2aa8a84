package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

/// One signed message of a topic, with the bytes that carry it from peer to peer unchanged.
///
/// Until it is validated, `from` is a claim.
///
/// @param id what makes two copies the same message, see [MessageIds]
/// @param from its author
/// @param seqno the author's sequence number, unsigned
/// @param encoded the `Message` protobuf with signature, as it is forwarded
public record GossipMessage(
        Bytes id, PeerId from, long seqno, String topic, Bytes data, Bytes encoded) {
    /// Its id is what a message is known by; comparing all bytes again would only cost time.
    @Override
    public boolean equals(Object other) {
        return other instanceof GossipMessage message && id.equals(message.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "%s/%d in %s, %d bytes".formatted(from, seqno, topic, data.size());
    }
}
