package org.p2prmb.libp2p.resource;

import java.util.List;
import java.util.Set;

/// Limits of the streams of a service, which may speak several protocols; they hold besides those
/// of each protocol.
///
/// @param name as the counters have it
/// @param all those of all peers together
/// @param perPeer those of one peer
public record ServiceLimits(
        String name, Set<String> protocols, ScopeLimits all, ScopeLimits perPeer) {
    /// What a service may hold whose messages are small.
    private static final long SMALL_BYTES = 4 << 20;

    private static final long SMALL_BYTES_PER_PEER = 1 << 20;

    private static final int PING_IN_MAX = 2;
    private static final int PING_OUT_MAX = 3;
    private static final int PING_STREAMS_MAX = 4;
    private static final int IDENTIFY_STREAMS_MIN = 64;
    private static final int IDENTIFY_STREAMS_PER_PEER_MAX = 16;
    private static final int AUTONAT_STREAMS_MAX = 64;
    private static final int AUTONAT_STREAMS_PER_PEER_MAX = 2;
    private static final int RELAY_STREAMS_MIN = 640;
    private static final int HOP_STREAMS_PER_PEER_MAX = 32;
    private static final int STOP_STREAMS_PER_PEER_MAX = 128;

    public ServiceLimits {
        protocols = Set.copyOf(protocols);
    }

    /// Of the services of this module, in a process with so much heap. Each new connection is asked
    /// once what it is, so identify has more places where there may be more connections, and for
    /// what we ask and tell no bound but theirs. Protocols of one purpose are services of their own
    /// where a stranger who holds the places of one would close the other.
    static List<ServiceLimits> scaled(long heapBytes) {
        var identify = Math.clamp(heapBytes >> 20, IDENTIFY_STREAMS_MIN, 1 << 12);
        var relay = Math.clamp(heapBytes >> 19, RELAY_STREAMS_MIN, 1 << 13);
        return List.of(
                new ServiceLimits(
                        "ping",
                        Set.of("/ipfs/ping/1.0.0"),
                        ScopeLimits.NONE.withBytes(SMALL_BYTES),
                        ScopeLimits.NONE
                                .withStreams(PING_IN_MAX, PING_OUT_MAX, PING_STREAMS_MAX)
                                .withBytes(SMALL_BYTES_PER_PEER)),
                identify("identify", "/ipfs/id/1.0.0", identify),
                identify("identify-push", "/ipfs/id/push/1.0.0", identify),
                autonat("autonat-request", "/libp2p/autonat/2/dial-request"),
                autonat("autonat-back", "/libp2p/autonat/2/dial-back"),
                new ServiceLimits(
                        "relay-hop",
                        Set.of("/libp2p/circuit/relay/0.2.0/hop"),
                        ofStreams(relay, heapBytes / 8),
                        ofStreams(HOP_STREAMS_PER_PEER_MAX, heapBytes / 32)),
                new ServiceLimits(
                        "relay-stop",
                        Set.of("/libp2p/circuit/relay/0.2.0/stop"),
                        ofStreams(relay, heapBytes / 8),
                        ofStreams(STOP_STREAMS_PER_PEER_MAX, heapBytes / 32)));
    }

    private static ServiceLimits identify(String name, String protocol, int inbound) {
        return new ServiceLimits(
                name,
                Set.of(protocol),
                ScopeLimits.NONE
                        .withStreams(inbound, Integer.MAX_VALUE, Integer.MAX_VALUE)
                        .withBytes(SMALL_BYTES),
                ofStreams(IDENTIFY_STREAMS_PER_PEER_MAX, SMALL_BYTES_PER_PEER));
    }

    private static ServiceLimits autonat(String name, String protocol) {
        return new ServiceLimits(
                name,
                Set.of(protocol),
                ofStreams(AUTONAT_STREAMS_MAX, SMALL_BYTES),
                ofStreams(AUTONAT_STREAMS_PER_PEER_MAX, SMALL_BYTES_PER_PEER));
    }

    /// So many in each direction.
    private static ScopeLimits ofStreams(int most, long bytes) {
        return ScopeLimits.NONE.withStreams(most, most, 2 * most).withBytes(bytes);
    }
}
