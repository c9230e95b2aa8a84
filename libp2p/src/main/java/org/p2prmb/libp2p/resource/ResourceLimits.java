package org.p2prmb.libp2p.resource;

import java.util.List;

/// What each scope of a host may hold. A reservation must succeed in every scope around it:
///
/// ```
/// system > transient > ip                  a connection whose peer is not proven yet
/// system > peer > connection               one that is
/// system > peer > transient > transient-peer   a stream whose protocol is not agreed yet
/// system > peer > protocol > protocol-peer > service > service-peer     one that is
/// ```
///
/// How many streams one connection may carry, and how far its windows grow, is in
/// [org.p2prmb.libp2p.yamux.YamuxConfig], for the multiplexer must know.
///
/// @param system the host
/// @param unproven what is not negotiated yet, which go-libp2p calls transient; what others begin
///     above it is refused, and `connectionsOut` is how many of our dials run at a time: the rest
///     wait
/// @param peer all connections with one peer
/// @param connection the memory of one connection
/// @param protocol streams of any one protocol
/// @param services streams of services, which have limits of their own besides
/// @param marks when connections are closed that nobody needs, before strangers are refused
public record ResourceLimits(
        ScopeLimits system,
        ProtocolLimits unproven,
        AddressLimits addresses,
        ScopeLimits peer,
        ScopeLimits connection,
        ProtocolLimits protocol,
        List<ServiceLimits> services,
        WaterMarks marks) {
    private static final long GIB = 1L << 30;

    /// An idle connection costs some 50 KiB; with what it does now and then, this much.
    private static final long BYTES_PER_CONNECTION = 128 << 10;

    private static final long BYTES_PER_STREAM = 32 << 10;
    private static final int PENDING_MIN = 128;
    private static final int PENDING_MAX = 1_024;
    private static final int DIALS_MAX = 100;
    private static final int PEER_CONNECTIONS_MAX = 8;
    private static final int PEER_STREAMS_MAX = 512;
    private static final int PROTOCOL_PEER_STREAMS_MAX = 256;

    /// Descriptors that files, listeners and dials need.
    private static final long DESCRIPTORS_KEPT = 512;

    public ResourceLimits {
        services = List.copyOf(services);
    }

    /// For the heap and the file descriptors that this process may have.
    public static ResourceLimits defaults() {
        return scaled(Runtime.getRuntime().maxMemory(), Descriptors.max());
    }

    /// For a process with so much heap and so many file descriptors.
    static ResourceLimits scaled(long heapBytes, long descriptors) {
        var affordable = Math.min(heapBytes / BYTES_PER_CONNECTION, descriptors - DESCRIPTORS_KEPT);
        var connections = Math.clamp(affordable, 64, 1 << 16);
        var streams = Math.clamp(heapBytes / BYTES_PER_STREAM, 2_048, 1 << 20);
        var pending = Math.clamp(PENDING_MIN * heapBytes / GIB, PENDING_MIN, PENDING_MAX);
        var system =
                new ScopeLimits(
                        connections - connections / 4,
                        connections,
                        connections,
                        streams - streams / 4,
                        streams,
                        streams,
                        heapBytes / 4);
        var half = streams / 2;
        return new ResourceLimits(
                system,
                new ProtocolLimits(
                        ScopeLimits.NONE
                                .withConnections(pending, DIALS_MAX, Integer.MAX_VALUE)
                                .withStreams(streams / 4, half, half)
                                .withBytes(heapBytes / 8),
                        ScopeLimits.NONE.withBytes(heapBytes / 64)),
                AddressLimits.defaults(),
                new ScopeLimits(
                        PEER_CONNECTIONS_MAX,
                        PEER_CONNECTIONS_MAX,
                        PEER_CONNECTIONS_MAX,
                        PEER_STREAMS_MAX,
                        PEER_STREAMS_MAX,
                        2 * PEER_STREAMS_MAX,
                        heapBytes / 16),
                ScopeLimits.NONE.withBytes(heapBytes / 32),
                ProtocolLimits.of(half, PROTOCOL_PEER_STREAMS_MAX)
                        .withBytes(heapBytes / 8, heapBytes / 32),
                ServiceLimits.scaled(heapBytes),
                WaterMarks.below(system.connectionsIn()));
    }

    /// So many connections, of which others may have dialled `inbound`; the rest of the total stays
    /// for our own dials, so that strangers cannot cut us off.
    public ResourceLimits withConnections(int total, int inbound) {
        return new ResourceLimits(
                system.withConnections(inbound, total, total),
                unproven,
                addresses,
                peer,
                connection,
                protocol,
                services,
                WaterMarks.below(inbound));
    }

    public ResourceLimits withMarks(WaterMarks other) {
        return new ResourceLimits(
                system, unproven, addresses, peer, connection, protocol, services, other);
    }

    public ResourceLimits withUnproven(ScopeLimits all) {
        var other = new ProtocolLimits(all, unproven.perPeer());
        return new ResourceLimits(
                system, other, addresses, peer, connection, protocol, services, marks);
    }

    public ResourceLimits withAddresses(AddressLimits other) {
        return new ResourceLimits(
                system, unproven, other, peer, connection, protocol, services, marks);
    }

    public ResourceLimits withPeer(ScopeLimits other) {
        return new ResourceLimits(
                system, unproven, addresses, other, connection, protocol, services, marks);
    }

    public ResourceLimits withSystem(ScopeLimits other) {
        return new ResourceLimits(
                other, unproven, addresses, peer, connection, protocol, services, marks);
    }

    public ResourceLimits withProtocol(ProtocolLimits other) {
        return new ResourceLimits(
                system, unproven, addresses, peer, connection, other, services, marks);
    }

    public ResourceLimits withServices(List<ServiceLimits> other) {
        return new ResourceLimits(
                system, unproven, addresses, peer, connection, protocol, other, marks);
    }
}
