package org.p2prmb.libp2p.yamux;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.p2prmb.libp2p.core.Machine;

/// The rules of Yamux 1.0.0: which streams live, what each side may send, who sends next.
///
/// Bodies pass by: an action names how many bytes of which stream follow, and the session moves
/// them between the channel and the application without a list or a record in between.
///
/// ```
/// opener                          acceptor
///   | SYN (on its first frame)      |
///   |------------------------------>|  Accept
///   | Data, up to 256 KiB           |
///   |------------------------------>|  Deliver
///   |      ACK (on its first frame) |
///   |<------------------------------|
///   |    WindowUpdate (consumed >= half the window)
///   |<------------------------------|
///   | FIN: half closed              |
///   |------------------------------>|  Deliver(last)
///   |                           FIN |
///   |<------------------------------|  Gone on both sides; so is it after one RST
/// ```
final class YamuxMachine implements Machine<YamuxMachine.Event, YamuxMachine.Action> {
    static final int BODY_BYTES_MAX = 1 << 20;
    static final int UNACKNOWLEDGED_MAX = 256;

    /// Acknowledgements ride on answers; so many at most wait for one.
    static final int ACKS_OWED_MAX = 32;

    /// How long a measured round trip is good for the growth of windows.
    static final Duration ROUND_TRIP_AGE_MAX = Duration.ofSeconds(10);

    static final long NORMAL = 0;
    static final long PROTOCOL_ERROR = 1;
    static final long INTERNAL_ERROR = 2;

    private static final long STREAM_ID_MAX = 0xffff_ffffL;

    /// What happens to a session.
    sealed interface Event {}

    /// The header of a frame came; its body follows as the actions say.
    record Received(Header frame) implements Event {}

    /// The application opens a stream; only while [#canOpen].
    record Open() implements Event {}

    /// The application has `bytes` more to send; they leave by and by as [Send].
    record Write(int stream, long bytes) implements Event {}

    /// The application sends no more after what it has written.
    record Finish(int stream) implements Event {}

    /// The application took `bytes` of what was delivered.
    record Consumed(int stream, long bytes) implements Event {}

    /// The application waits for data: what the remote needs to know is not held back.
    record Awaiting(int stream) implements Event {}

    /// The application is done with the stream: what still comes is dropped.
    record Abandon(int stream) implements Event {}

    record Reset(int stream) implements Event {}

    /// Somebody wants to know the round trip; [Ponged] follows.
    record Ping() implements Event {}

    /// We take no more streams; those that live go on.
    record Leave(long code) implements Event {}

    /// We end the session: nothing but the code is still sent.
    record End(long code) implements Event {}

    /// The channel takes `bytes` now: the only event that makes frames.
    record Room(int bytes) implements Event {}

    /// What the session must do.
    sealed interface Action {}

    /// Append the header and, for data, as many bytes of the stream's waiting write.
    record Send(Header frame) implements Action {}

    record Opened(int stream) implements Action {}

    record Accept(int stream) implements Action {}

    /// The next `bytes` of the channel are the stream's; after them the stream ends, if `last`.
    record Deliver(int stream, long bytes, boolean last) implements Action {}

    /// The next `bytes` of the channel are nobody's.
    record Discard(long bytes) implements Action {}

    /// The stream is over, now, and neither side reads or writes. `code` is the remote's, 0 often.
    record Aborted(int stream, long code) implements Action {}

    /// Both sides have finished; what was delivered may still be read.
    record Gone(int stream) implements Action {}

    record Ponged(Duration roundTrip) implements Action {}

    /// The remote takes no more streams.
    record RemoteLeft(long code) implements Action {}

    /// Send what there is to send, then close the channel.
    record Close(String reason) implements Action {}

    private final int inboundParity;
    private final YamuxConfig config;
    private final WindowGrowth growth;
    private final Heartbeat heartbeat;
    private final Outbox outbox = new Outbox();
    private final Map<Integer, StreamState> streams = new HashMap<>();
    private final List<StreamState> acksOwed = new ArrayList<>();

    /// Streams that we closed and the remote has not, in the order of their last moment.
    private final SequencedMap<StreamState, Instant> lingering = new LinkedHashMap<>();

    private long nextStream;
    private int inbound;
    private int inboundUnacknowledged;
    private int outboundUnacknowledged;
    private boolean left;
    private boolean remoteLeft;
    private boolean ended;

    /// @param dialer true for the side that opens odd streams
    YamuxMachine(boolean dialer, YamuxConfig config, WindowBudget processBudget, Instant now) {
        this.inboundParity = dialer ? 0 : 1;
        this.nextStream = dialer ? 1 : 2;
        this.config = config;
        this.growth = new WindowGrowth(config, processBudget);
        this.heartbeat = new Heartbeat(config, now);
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        if (ended && !(event instanceof Room)) {
            return List.of();
        }
        return switch (event) {
            case Received(var frame) -> received(now, frame);
            case Open() -> open(now);
            case Write(var stream, var bytes) -> write(stream, bytes);
            case Finish(var stream) -> finish(stream);
            case Consumed(var stream, var bytes) -> consumed(stream, bytes);
            case Awaiting(var stream) -> awaiting(stream);
            case Abandon(var stream) -> abandon(now, stream);
            case Reset(var stream) -> reset(stream);
            case Ping() -> ping(now);
            case Leave(var code) -> leave(code);
            case End(var code) -> end(code);
            case Room(var bytes) -> outbox.fill(bytes, new Turn(now));
        };
    }

    @Override
    public List<Action> tick(Instant now) {
        if (ended) {
            return List.of();
        }
        if (heartbeat.lost(now)) {
            return fail(NORMAL, "no answer to a ping");
        }
        if (heartbeat.pingDue(now)) {
            ping(now);
        }
        var actions = new ArrayList<Action>();
        while (!lingering.isEmpty() && !lingering.firstEntry().getValue().isAfter(now)) {
            var stream = lingering.firstEntry().getKey();
            remove(stream);
            actions.add(new Gone(stream.id));
            actions.addAll(sendReset(stream.id));
        }
        return actions;
    }

    @Override
    public Instant nextTick() {
        if (ended) {
            return Instant.MAX;
        }
        var beat = heartbeat.nextTick();
        var first = lingering.firstEntry();
        return first != null && first.getValue().isBefore(beat) ? first.getValue() : beat;
    }

    /// True when [Room] would make a frame.
    boolean wantsToSend() {
        return !outbox.isEmpty();
    }

    /// False while the remote has not acknowledged enough of what we opened, and after the end.
    boolean canOpen() {
        return !closing()
                && outboundUnacknowledged < UNACKNOWLEDGED_MAX
                && streams.size() - inbound < config.outboundStreamsMax();
    }

    /// True when no stream can be opened any more.
    boolean closing() {
        return ended || left || remoteLeft || nextStream > STREAM_ID_MAX;
    }

    int streams() {
        return streams.size();
    }

    private List<Action> received(Instant now, Header frame) {
        heartbeat.heard(now);
        return switch (frame.kind()) {
            case DATA, WINDOW_UPDATE -> streamFrame(now, frame);
            case PING -> pinged(now, frame);
            case GO_AWAY -> remoteLeaves(frame.length());
        };
    }

    private List<Action> streamFrame(Instant now, Header frame) {
        if (frame.stream() == 0) {
            return fail(PROTOCOL_ERROR, "a stream's frame for the session");
        }
        if (frame.body() > BODY_BYTES_MAX) {
            return fail(PROTOCOL_ERROR, "a frame of " + frame.body() + " bytes");
        }
        var known = streams.get(frame.stream());
        if (!frame.has(Header.SYN)) {
            // Not an error: frames cross with the end of their stream.
            return known == null ? discard(frame) : forStream(known, frame, new ArrayList<>(2));
        }
        if (known != null || (frame.stream() & 1) != inboundParity) {
            return fail(PROTOCOL_ERROR, "SYN for a stream that is not the remote's to open");
        }
        if (frame.has(Header.RST)) {
            return discard(frame);
        }
        if (refuses()) {
            return concat(discard(frame), sendReset(frame.stream()));
        }
        var actions = new ArrayList<Action>(2);
        actions.add(new Accept(frame.stream()));
        return forStream(accept(now, frame.stream()), frame, actions);
    }

    private boolean refuses() {
        return left
                || inbound >= config.inboundStreamsMax()
                || inboundUnacknowledged >= UNACKNOWLEDGED_MAX;
    }

    private StreamState accept(Instant now, int id) {
        var stream = new StreamState(id, false, now);
        streams.put(id, stream);
        inbound++;
        inboundUnacknowledged++;
        return stream;
    }

    /// Any set of flags may be on any frame: each is seen to, the body before the end.
    private List<Action> forStream(StreamState stream, Header frame, List<Action> actions) {
        if (frame.has(Header.ACK) && stream.outbound && !stream.acknowledged) {
            stream.acknowledged = true;
            outboundUnacknowledged--;
        }
        if (frame.has(Header.RST)) {
            remove(stream);
            actions.add(new Aborted(stream.id, frame.length() - frame.body()));
            actions.addAll(discard(frame));
            return actions;
        }
        var last = frame.has(Header.FIN) && !stream.finishReceived;
        if (frame.kind() == Header.Kind.DATA) {
            if (stream.finishReceived && frame.length() > 0) {
                remove(stream);
                actions.add(new Aborted(stream.id, 0));
                actions.addAll(discard(frame));
                actions.addAll(sendReset(stream.id));
                return actions;
            }
            if (!stream.window.accept(frame.length())) {
                return fail(PROTOCOL_ERROR, "more data than the window of a stream");
            }
        } else if (!stream.credit(frame.length())) {
            return fail(PROTOCOL_ERROR, "more than 32 bits of credit");
        } else {
            outbox.send(stream);
        }
        if (last) {
            stream.finishReceived = true;
        }
        if (frame.body() > 0 || last) {
            actions.add(
                    stream.abandoned
                            ? new Discard(frame.body())
                            : new Deliver(stream.id, frame.body(), last));
        }
        if (stream.finished()) {
            remove(stream);
            actions.add(new Gone(stream.id));
        }
        return actions;
    }

    private List<Action> pinged(Instant now, Header frame) {
        if (frame.has(Header.SYN)) {
            outbox.pong(frame.length());
        }
        if (!frame.has(Header.ACK)) {
            return List.of();
        }
        return heartbeat
                .pong(now, frame.length())
                .map(roundTrip -> List.<Action>of(new Ponged(roundTrip)))
                .orElseGet(() -> fail(PROTOCOL_ERROR, "a pong to no ping"));
    }

    private List<Action> remoteLeaves(long code) {
        remoteLeft = true;
        return List.of(new RemoteLeft(code));
    }

    private List<Action> open(Instant now) {
        if (!canOpen()) {
            throw new IllegalStateException("no stream can be opened now");
        }
        var stream = new StreamState((int) nextStream, true, now);
        nextStream += 2;
        streams.put(stream.id, stream);
        outboundUnacknowledged++;
        return List.of(new Opened(stream.id));
    }

    private List<Action> write(int id, long bytes) {
        var stream = streams.get(id);
        if (stream != null) {
            if (stream.finishing) {
                throw new IllegalStateException("written after the end of stream " + id);
            }
            stream.unsent += bytes;
            outbox.send(stream);
        }
        return List.of();
    }

    private List<Action> finish(int id) {
        var stream = streams.get(id);
        if (stream != null && !stream.finishing) {
            stream.finishing = true;
            if (stream.owesFinish()) {
                outbox.signal(stream);
            }
        }
        return List.of();
    }

    private List<Action> consumed(int id, long bytes) {
        var stream = streams.get(id);
        if (stream == null) {
            return List.of();
        }
        stream.window.consume(bytes);
        if (stream.owesUpdate()) {
            outbox.signal(stream);
        } else if (stream.greeting == Header.ACK && !stream.acknowledgementOwed) {
            stream.acknowledgementOwed = true;
            acksOwed.add(stream);
            if (acksOwed.size() > ACKS_OWED_MAX) {
                acksOwed.stream().filter(this::owesGreeting).forEach(outbox::signal);
                acksOwed.clear();
            }
        }
        return List.of();
    }

    private List<Action> awaiting(int id) {
        var stream = streams.get(id);
        if (stream != null && stream.greeting != 0) {
            outbox.signal(stream);
        }
        return List.of();
    }

    private boolean owesGreeting(StreamState stream) {
        return stream.greeting != 0 && streams.get(stream.id) == stream;
    }

    private List<Action> abandon(Instant now, int id) {
        var stream = streams.get(id);
        if (stream == null || stream.abandoned) {
            return List.of();
        }
        if (stream.unannounced()) {
            remove(stream);
            return List.of(new Gone(id));
        }
        stream.abandoned = true;
        if (!stream.finishReceived) {
            lingering.put(stream, now.plus(config.linger()));
        }
        return finish(id);
    }

    private List<Action> reset(int id) {
        var stream = streams.get(id);
        if (stream == null) {
            return List.of();
        }
        remove(stream);
        return stream.unannounced() ? List.of() : sendReset(id);
    }

    private List<Action> sendReset(int id) {
        return outbox.reset(id)
                ? List.of()
                : fail(PROTOCOL_ERROR, "resets that the remote does not read");
    }

    private List<Action> ping(Instant now) {
        heartbeat.ping(now).ifPresent(outbox::ping);
        return List.of();
    }

    private List<Action> leave(long code) {
        left = true;
        outbox.goAway(code);
        return List.of();
    }

    private List<Action> end(long code) {
        ended = true;
        outbox.clear();
        outbox.goAway(code);
        growth.releaseAll();
        return List.of();
    }

    private List<Action> fail(long code, String reason) {
        end(code);
        return List.of(new Close(reason));
    }

    private void remove(StreamState stream) {
        streams.remove(stream.id);
        outbox.forget(stream);
        lingering.remove(stream);
        growth.release(stream.window);
        if (!stream.outbound) {
            inbound--;
        }
        if (!stream.acknowledged) {
            if (stream.outbound) {
                outboundUnacknowledged--;
            } else {
                inboundUnacknowledged--;
            }
        }
    }

    private static List<Action> discard(Header frame) {
        return frame.body() == 0 ? List.of() : List.of(new Discard(frame.body()));
    }

    private static List<Action> concat(List<Action> first, List<Action> second) {
        var both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    /// What frames mean for us when they leave, at one moment.
    private final class Turn implements Outbox.Ledger {
        private final Instant now;

        Turn(Instant now) {
            this.now = now;
        }

        @Override
        public long update(StreamState stream) {
            growth.grow(stream.window, now, heartbeat.roundTrip());
            if (!heartbeat.measuredWithin(now, ROUND_TRIP_AGE_MAX)) {
                ping(now);
            }
            return stream.window.update(now);
        }

        @Override
        public boolean sent(StreamState stream, Header frame) {
            if (stream.greeting == Header.ACK) {
                stream.acknowledged = true;
                inboundUnacknowledged--;
            }
            stream.greeting = 0;
            if (frame.has(Header.FIN)) {
                stream.finishSent = true;
            }
            if (stream.finished()) {
                remove(stream);
                return true;
            }
            return false;
        }
    }
}
