package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The streams of a session that live on the wire, and the counts that bound them.
@Pure
final class StreamTable {
    /// Streams that one side may have opened and the other not acknowledged.
    static final int UNACKNOWLEDGED_MAX = 256;

    /// Acknowledgements ride on answers; so many at most wait for one.
    static final int ACKS_OWED_MAX = 32;

    private static final long ID_MAX = 0xffff_ffffL;

    private final YamuxConfig config;
    private final WindowGrowth growth;
    private final int inboundParity;
    private final Map<Integer, StreamState> streams = new HashMap<>();
    private final List<StreamState> acksOwed = new ArrayList<>();

    /// Streams that we closed and the remote has not, in the order of their last moment.
    private final SequencedMap<StreamState, Instant> lingering = new LinkedHashMap<>();

    private long nextId;
    private int outbound;
    private int outboundUnacknowledged;
    private int inboundHeld;
    private int inboundUnacknowledged;

    StreamTable(boolean dialer, YamuxConfig config, WindowGrowth growth) {
        this.config = config;
        this.growth = growth;
        this.inboundParity = dialer ? 0 : 1;
        this.nextId = dialer ? 1 : 2;
    }

    int size() {
        return streams.size();
    }

    @Nullable StreamState find(int id) {
        return streams.get(id);
    }

    void charge(int id, WindowBudget budget) {
        var stream = streams.get(id);
        if (stream != null) {
            stream.window.budget(budget);
        }
    }

    /// False while the remote must first acknowledge or finish some of what we opened.
    boolean canOpen() {
        return !exhausted()
                && outbound < config.outboundStreamsMax()
                && outboundUnacknowledged < UNACKNOWLEDGED_MAX;
    }

    /// True when every id has been used.
    boolean exhausted() {
        return nextId > ID_MAX;
    }

    StreamState open(Instant now) {
        if (!canOpen()) {
            throw new IllegalStateException("no stream can be opened now");
        }
        var stream = new StreamState((int) nextId, true, now);
        nextId += 2;
        streams.put(stream.id, stream);
        outbound++;
        outboundUnacknowledged++;
        return stream;
    }

    boolean remoteMayOpen(int id) {
        return (id & 1) == inboundParity && !streams.containsKey(id);
    }

    /// True when one more stream of the remote would be too many. What our application has not
    /// let go of counts, so opening and resetting in turns does not get past the limit.
    boolean full() {
        return inboundHeld >= config.inboundStreamsMax()
                || inboundUnacknowledged >= UNACKNOWLEDGED_MAX;
    }

    StreamState accept(Instant now, int id) {
        var stream = new StreamState(id, false, now);
        streams.put(id, stream);
        inboundHeld++;
        inboundUnacknowledged++;
        return stream;
    }

    /// Our application let go of a stream that the remote had opened.
    void released() {
        inboundHeld--;
    }

    /// An ACK came for, or left with, `stream`.
    void acknowledged(StreamState stream) {
        if (!stream.acknowledged) {
            stream.acknowledged = true;
            if (stream.outbound) {
                outboundUnacknowledged--;
            } else {
                inboundUnacknowledged--;
            }
        }
    }

    /// Notes that `stream` waits for an answer that takes its ACK along; returns those that have
    /// to wait no longer.
    List<StreamState> oweAcknowledgement(StreamState stream) {
        if (stream.greeting != Header.ACK || stream.acknowledgementOwed) {
            return List.of();
        }
        stream.acknowledgementOwed = true;
        acksOwed.add(stream);
        if (acksOwed.size() <= ACKS_OWED_MAX) {
            return List.of();
        }
        var due =
                acksOwed.stream()
                        .filter(owing -> owing.greeting != 0 && find(owing.id) == owing)
                        .toList();
        acksOwed.clear();
        return due;
    }

    void linger(StreamState stream, Instant until) {
        lingering.put(stream, until);
    }

    /// The stream that has lingered for too long at `now`.
    @Nullable StreamState overdue(Instant now) {
        var first = lingering.firstEntry();
        return first == null || first.getValue().isAfter(now) ? null : first.getKey();
    }

    /// When [#overdue] is next to be asked.
    Instant nextOverdue() {
        var first = lingering.firstEntry();
        return first == null ? Instant.MAX : first.getValue();
    }

    void remove(StreamState stream) {
        streams.remove(stream.id);
        lingering.remove(stream);
        acknowledged(stream);
        growth.release(stream.window);
        if (stream.outbound) {
            outbound--;
        }
    }

    void clear() {
        streams.values().forEach(stream -> growth.release(stream.window));
        streams.clear();
        acksOwed.clear();
        lingering.clear();
    }
}
