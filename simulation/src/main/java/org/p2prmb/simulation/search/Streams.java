package org.p2prmb.simulation.search;

import org.jspecify.annotations.Nullable;
import org.p2prmb.protocols.search.QueryId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The queries that one agent asks and answers at the moment, each on a stream of its own.
final class Streams {
    /// Asked of that agent.
    record Asking(int peer, QueryId id) {}

    /// Asked by that agent, on the stream with its number.
    record Serving(int peer, long stream, QueryId id) {}

    private final Map<Long, Asking> asking = new LinkedHashMap<>();
    private final Map<Long, Serving> serving = new HashMap<>();
    private long last;

    long next() {
        return ++last;
    }

    void asks(long stream, int peer, QueryId id) {
        asking.put(stream, new Asking(peer, id));
    }

    @Nullable Asking asking(long stream) {
        return asking.get(stream);
    }

    @Nullable Asking endAsking(long stream) {
        return asking.remove(stream);
    }

    List<Long> askedOf(int peer) {
        var streams = new ArrayList<Long>();
        asking.forEach((stream, asked) -> {
            if (asked.peer() == peer) {
                streams.add(stream);
            }
        });
        return streams;
    }

    /// Ends the stream on which that agent is asked this; empty when it has ended.
    OptionalLong withdraw(int peer, QueryId id) {
        var asked = new Asking(peer, id);
        for (var each : asking.entrySet()) {
            if (each.getValue().equals(asked)) {
                asking.remove(each.getKey());
                return OptionalLong.of(each.getKey());
            }
        }
        return OptionalLong.empty();
    }

    void serves(long askId, Serving asked) {
        serving.put(askId, asked);
    }

    @Nullable Serving serving(long askId) {
        return serving.get(askId);
    }

    @Nullable Serving endServing(long askId) {
        return serving.remove(askId);
    }

    /// What that agent asks on this stream of its own; empty when it was answered.
    OptionalLong askId(int peer, long stream) {
        for (var each : serving.entrySet()) {
            if (each.getValue().peer() == peer && each.getValue().stream() == stream) {
                return OptionalLong.of(each.getKey());
            }
        }
        return OptionalLong.empty();
    }
}
