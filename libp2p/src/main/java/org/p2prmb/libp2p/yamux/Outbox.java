package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.yamux.YamuxMachine.Action;
import org.p2prmb.libp2p.yamux.YamuxMachine.Gone;
import org.p2prmb.libp2p.yamux.YamuxMachine.Send;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What waits to be sent, and who is next: frames without a body first, then data in turns.
///
/// A frame is made only when the channel has room for it, so nothing piles up when the remote does
/// not read: a stream owes at most one window update, whose credit grows; pongs and resets have
/// limits of their own.
@Pure
final class Outbox {
    /// A flood of pings is answered by so many pongs at a time; what go-yamux does.
    static final int PONGS_MAX = 32;

    /// Above the 256 streams that an honest remote may have unacknowledged at once.
    static final int RESETS_MAX = 1024;

    /// How long a measured round trip is good for the growth of windows.
    static final Duration ROUND_TRIP_AGE_MAX = Duration.ofSeconds(10);

    static final int DATA_BYTES_MAX = 64 << 10;
    static final int CONTENDED_DATA_BYTES_MAX = 16 << 10;

    /// A body shorter than this waits for the next batch, unless it is all there is.
    private static final int FRAGMENT_BYTES_MIN = 1 << 10;

    private final ArrayDeque<Long> pongs = new ArrayDeque<>();
    private final ArrayDeque<Integer> resets = new ArrayDeque<>();
    private final ArrayDeque<StreamState> signals = new ArrayDeque<>();
    private final ArrayDeque<StreamState> senders = new ArrayDeque<>();
    private final StreamTable streams;
    private final WindowGrowth growth;
    private final Heartbeat heartbeat;
    private OptionalLong ping = OptionalLong.empty();
    private OptionalLong goAway = OptionalLong.empty();

    Outbox(StreamTable streams, WindowGrowth growth, Heartbeat heartbeat) {
        this.streams = streams;
        this.growth = growth;
        this.heartbeat = heartbeat;
    }

    boolean isEmpty() {
        return signals.isEmpty()
                && senders.isEmpty()
                && pongs.isEmpty()
                && resets.isEmpty()
                && ping.isEmpty()
                && goAway.isEmpty();
    }

    void pong(long opaque) {
        if (pongs.size() < PONGS_MAX) {
            pongs.add(opaque);
        }
    }

    /// A round trip is to be measured, unless that is under way.
    void ping(Instant now) {
        heartbeat.ping(now).ifPresent(opaque -> ping = OptionalLong.of(opaque));
    }

    void goAway(long code) {
        goAway = OptionalLong.of(code);
    }

    /// False when the remote makes us reset streams and does not read that we do.
    boolean reset(int stream) {
        if (resets.size() >= RESETS_MAX) {
            return false;
        }
        resets.add(stream);
        return true;
    }

    /// A frame without a body is to be sent for `stream`.
    void signal(StreamState stream) {
        if (!stream.signalling) {
            stream.signalling = true;
            signals.add(stream);
        }
    }

    /// `stream` may have become able to send data.
    void send(StreamState stream) {
        if (!stream.sending && stream.canSend()) {
            stream.sending = true;
            senders.add(stream);
        }
    }

    /// `stream` sends nothing any more.
    void forget(StreamState stream) {
        if (stream.signalling) {
            signals.remove(stream);
            stream.signalling = false;
        }
        if (stream.sending) {
            senders.remove(stream);
            stream.sending = false;
        }
    }

    /// Forgets everything except a GoAway.
    void clear() {
        pongs.clear();
        resets.clear();
        signals.clear();
        senders.clear();
        ping = OptionalLong.empty();
    }

    /// The frames that fit into `room` bytes, in their order on the wire.
    List<Action> fill(Instant now, int room) {
        var actions = new ArrayList<Action>(4);
        var left = control(now, room, actions);
        while (left > Header.BYTES && !senders.isEmpty()) {
            var stream = senders.element();
            var bytesMax = senders.size() > 1 ? CONTENDED_DATA_BYTES_MAX : DATA_BYTES_MAX;
            var fits = Math.min(bytesMax, left - Header.BYTES);
            if (fits < FRAGMENT_BYTES_MIN && fits < stream.unsent && left < room) {
                break;
            }
            senders.remove();
            stream.sending = false;
            var frame = data(stream, fits);
            left -= Header.BYTES + (int) frame.length();
            emit(stream, frame, actions);
            send(stream);
        }
        return actions;
    }

    private int control(Instant now, int room, List<Action> actions) {
        var left = room;
        while (left >= Header.BYTES && hasControl()) {
            left -= Header.BYTES;
            if (!pongs.isEmpty()) {
                actions.add(new Send(Header.ping(Header.ACK, pongs.remove())));
            } else if (ping.isPresent()) {
                actions.add(new Send(Header.ping(Header.SYN, ping.getAsLong())));
                ping = OptionalLong.empty();
            } else if (!resets.isEmpty()) {
                var reset = Header.windowUpdate(Header.RST, resets.remove(), 0);
                actions.add(new Send(reset));
            } else if (!signals.isEmpty()) {
                var stream = signals.remove();
                stream.signalling = false;
                left += signal(now, stream, actions);
            } else {
                actions.add(new Send(Header.goAway(goAway.orElseThrow())));
                goAway = OptionalLong.empty();
            }
        }
        return left;
    }

    private boolean hasControl() {
        return !signals.isEmpty()
                || !pongs.isEmpty()
                || ping.isPresent()
                || !resets.isEmpty()
                || goAway.isPresent();
    }

    /// Sends greeting, credit and FIN in one frame; returns the room given back when nothing of
    /// that is owed any more, because a data frame took it along.
    private int signal(Instant now, StreamState stream, List<Action> actions) {
        var credit = stream.owesUpdate() ? update(now, stream.window) : 0;
        var flags = stream.greeting | (stream.owesFinish() ? Header.FIN : 0);
        if (credit == 0 && flags == 0) {
            return Header.BYTES;
        }
        emit(stream, Header.windowUpdate(flags, stream.id, credit), actions);
        return 0;
    }

    private static Header data(StreamState stream, int bytesMax) {
        var bytes = stream.send(bytesMax);
        var flags = stream.greeting | (stream.owesFinish() ? Header.FIN : 0);
        return Header.data(flags, stream.id, bytes);
    }

    private long update(Instant now, ReceiveWindow window) {
        growth.grow(window, now, heartbeat.roundTrip());
        if (!heartbeat.measuredWithin(now, ROUND_TRIP_AGE_MAX)) {
            ping(now);
        }
        return window.update(now);
    }

    private void emit(StreamState stream, Header frame, List<Action> actions) {
        actions.add(new Send(frame));
        if (stream.greeting == Header.ACK) {
            streams.acknowledged(stream);
        }
        stream.greeting = 0;
        stream.finishSent |= frame.has(Header.FIN);
        if (stream.finished()) {
            streams.remove(stream);
            forget(stream);
            actions.add(new Gone(stream.id));
        }
    }
}
