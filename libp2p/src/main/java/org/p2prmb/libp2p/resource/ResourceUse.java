package org.p2prmb.libp2p.resource;

import java.util.Map;
import java.util.TreeMap;

/// What a host holds now, and what it has refused since its start.
///
/// @param connectionsIn connections that others dialled, those not negotiated yet included
/// @param connectionsOut connections that we dialled, or are dialling
/// @param connectionsPending those of both whose peer is not proven yet
/// @param streamsIn streams of others, until what serves them has ended
/// @param streamsOut our streams, until they are closed
/// @param streamsPending those of both on which no protocol is agreed yet
/// @param services streams of each service, of both
/// @param bytes memory of receive windows
/// @param bytesPending of these, on streams without a protocol; what one holds of its first 64 KiB
///     is counted with its connection only
/// @param bytesAgreed the same, on streams with one
/// @param peers peers of which anything is held
/// @param refused how often each scope was full, by what was refused and the scope
public record ResourceUse(
        int connectionsIn,
        int connectionsOut,
        int connectionsPending,
        int streamsIn,
        int streamsOut,
        int streamsPending,
        Map<String, Integer> services,
        long bytes,
        long bytesPending,
        long bytesAgreed,
        int peers,
        Map<String, Long> refused) {
    public ResourceUse {
        services = Map.copyOf(services);
    }

    /// What is held, by what it is, for a page of figures.
    public Map<String, Long> held() {
        var held = new TreeMap<String, Long>();
        held.put("connections-in", (long) connectionsIn);
        held.put("connections-out", (long) connectionsOut);
        held.put("connections-pending", (long) connectionsPending);
        held.put("streams-in", (long) streamsIn);
        held.put("streams-out", (long) streamsOut);
        held.put("streams-pending", (long) streamsPending);
        services.forEach((name, streams) -> held.put("streams-" + name, (long) streams));
        held.put("bytes", bytes);
        held.put("bytes-pending", bytesPending);
        held.put("bytes-protocols", bytesAgreed);
        held.put("peers", (long) peers);
        return held;
    }

    /// True when nothing is held at all.
    public boolean isZero() {
        return held().values().stream().allMatch(count -> count == 0);
    }
}
