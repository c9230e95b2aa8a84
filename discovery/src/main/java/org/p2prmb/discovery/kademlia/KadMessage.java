package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;
import java.util.Optional;

/// A request or a response of `/rmb/kad/1.0.0`; which of the two, only the direction tells.
///
/// @param key what is looked for, at most [#KEY_BYTES_MAX] bytes
/// @param closer peers near the key; at most [#PEERS_MAX] are read
/// @param providers peers that have what the key names; at most [#PEERS_MAX] are read
public record KadMessage(
        Type type,
        Bytes key,
        Optional<KadRecord> record,
        List<KadPeer> closer,
        List<KadPeer> providers) {
    public static final int KEY_BYTES_MAX = 256;
    public static final int PEERS_MAX = 64;

    public enum Type {
        PUT_VALUE,
        GET_VALUE,
        ADD_PROVIDER,
        GET_PROVIDERS,
        FIND_NODE,
        /// Not sent any more, but answered.
        PING
    }

    public KadMessage {
        closer = List.copyOf(closer);
        providers = List.copyOf(providers);
    }

    private static KadMessage bare(Type type, Bytes key) {
        return new KadMessage(type, key, Optional.empty(), List.of(), List.of());
    }

    public static KadMessage findNode(Bytes key) {
        return bare(Type.FIND_NODE, key);
    }

    public static KadMessage getValue(Bytes key) {
        return bare(Type.GET_VALUE, key);
    }

    public static KadMessage putValue(KadRecord record) {
        return new KadMessage(
                Type.PUT_VALUE, record.key(), Optional.of(record), List.of(), List.of());
    }

    public static KadMessage getProviders(Bytes key) {
        return bare(Type.GET_PROVIDERS, key);
    }

    /// @param self the sender, with the addresses at which it is reached
    public static KadMessage addProvider(Bytes key, KadPeer self) {
        return new KadMessage(Type.ADD_PROVIDER, key, Optional.empty(), List.of(), List.of(self));
    }

    /// The answer to this request that names these peers.
    public KadMessage answeredWith(
            Optional<KadRecord> found, List<KadPeer> nearer, List<KadPeer> having) {
        return new KadMessage(type, key, found, nearer, having);
    }

    /// Whether a peer answers such a request at all.
    public boolean hasResponse() {
        return type != Type.ADD_PROVIDER;
    }

    /// Whether this answer to a value is that value.
    boolean echoes(KadMessage request) {
        var sent = request.record().map(KadRecord::value);
        return key.equals(request.key()) && record.map(KadRecord::value).equals(sent);
    }
}
