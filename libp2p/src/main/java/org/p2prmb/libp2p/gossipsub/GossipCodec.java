package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.identity.Signatures;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a shell needs besides its [GossipRouter]: reads and writes RPCs, signs our messages and
/// verifies those of others.
///
/// The network's shell and the simulator's use the same. Thread-safe.
public final class GossipCodec {
    /// The most that we write in one frame, unless one message alone is larger.
    public static final int WRITTEN_BYTES_MAX = RpcWriter.RPC_BYTES_MAX;

    private final StrictSign policy;
    private final PubsubCodec codec;

    /// @param ids the same for every peer of a topic
    public GossipCodec(MessageIds ids, Signatures signatures) {
        this.policy = new StrictSign(ids, signatures);
        this.codec = new PubsubCodec(policy);
    }

    /// The sequence number before the first of a run that begins at `start`: higher than any that
    /// was used before a restart.
    public static long seqnoBefore(Instant start) {
        return TimeUnit.SECONDS.toNanos(start.getEpochSecond()) + start.getNano();
    }

    /// A message of ours, signed.
    public GossipMessage sign(KeyPair keys, long seqno, String topic, Bytes data) {
        return policy.sign(keys, seqno, topic, data);
    }

    /// Whether the message's author signed it.
    public boolean verify(GossipMessage message) {
        return policy.verify(message);
    }

    /// Reads the body of one frame, which must not change any more.
    public Rpc decode(byte[] frame) throws ProtocolException {
        return codec.decode(frame);
    }

    /// The bodies of one or more frames that together say `rpc`.
    public List<Bytes> encode(Rpc rpc) {
        return RpcWriter.encode(rpc);
    }

    /// The introduced peer's record; throws [ProtocolException] when it has none that it signed.
    public PeerRecord record(Introduction introduction) throws ProtocolException {
        var record = PeerRecord.open(introduction.signedRecord());
        if (!record.peer().multihash().equals(introduction.peerId())) {
            throw new ProtocolException("the record of another peer");
        }
        return record;
    }
}
