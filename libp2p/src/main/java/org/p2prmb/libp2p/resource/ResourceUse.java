package org.p2prmb.libp2p.resource;

import java.util.Map;

/// What a host holds now, and what it has refused since its start.
///
/// @param connectionsIn connections that others dialled, those not negotiated yet included
/// @param connectionsOut connections that we dialled, or are dialling
/// @param connectionsPending those of both whose peer is not proven yet
/// @param streamsIn streams of others, until what serves them has ended
/// @param streamsOut our streams, until they are closed
/// @param bytes memory of receive windows
/// @param peers peers of which anything is held
/// @param refused how often each scope was full, by what was refused and the scope
public record ResourceUse(
        int connectionsIn,
        int connectionsOut,
        int connectionsPending,
        int streamsIn,
        int streamsOut,
        long bytes,
        int peers,
        Map<String, Long> refused) {
    /// What is held, by what it is, for a page of figures.
    public Map<String, Long> held() {
        return Map.of(
                "connections-in", (long) connectionsIn,
                "connections-out", (long) connectionsOut,
                "connections-pending", (long) connectionsPending,
                "streams-in", (long) streamsIn,
                "streams-out", (long) streamsOut,
                "bytes", bytes,
                "peers", (long) peers);
    }

    /// True when nothing is held at all.
    public boolean isZero() {
        return held().values().stream().allMatch(count -> count == 0);
    }
}
