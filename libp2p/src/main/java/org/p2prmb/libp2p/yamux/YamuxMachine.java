package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Machine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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
    static final long NORMAL = 0;
    static final long PROTOCOL_ERROR = 1;
    static final long INTERNAL_ERROR = 2;

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

    /// The application let go of a stream that the remote had opened, once for each [Accept].
    record Released() implements Event {}

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

    private final Duration linger;
    private final Heartbeat heartbeat;
    private final StreamTable streams;
    private final Outbox outbox;
    private boolean left;
    private boolean remoteLeft;
    private boolean ended;

    /// @param dialer true for the side that opens odd streams
    YamuxMachine(boolean dialer, YamuxConfig config, WindowBudget processBudget, Instant now) {
        var growth = new WindowGrowth(config, processBudget);
        linger = config.linger();
        heartbeat = new Heartbeat(config, now);
        streams = new StreamTable(dialer, config, growth);
        outbox = new Outbox(streams, growth, heartbeat);
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        if (ended && !(event instanceof Room)) {
            return List.of();
        }
        return switch (event) {
            case Received(var frame) -> received(now, frame);
            case Open() -> List.of(new Opened(streams.open(now).id));
            case Write(var stream, var bytes) -> write(stream, bytes);
            case Finish(var stream) -> finish(stream);
            case Consumed(var stream, var bytes) -> consumed(stream, bytes);
            case Awaiting(var stream) -> awaiting(stream);
            case Abandon(var stream) -> abandon(now, stream);
            case Reset(var stream) -> reset(stream);
            case Released() -> silently(streams::released);
            case Ping() -> silently(() -> outbox.ping(now));
            case Leave(var code) -> leave(code);
            case End(var code) -> end(code);
            case Room(var bytes) -> outbox.fill(now, bytes);
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
            outbox.ping(now);
        }
        var actions = new ArrayList<Action>();
        for (var late = streams.overdue(now); late != null; late = streams.overdue(now)) {
            remove(late);
            actions.add(new Gone(late.id));
            actions.addAll(sendReset(late.id));
        }
        return actions;
    }

    @Override
    public Instant nextTick() {
        if (ended) {
            return Instant.MAX;
        }
        return Collections.min(List.of(heartbeat.nextTick(), streams.nextOverdue()));
    }

    /// True when [Room] would make a frame.
    boolean wantsToSend() {
        return !outbox.isEmpty();
    }

    /// False while the remote has not acknowledged enough of what we opened, and after the end.
    boolean canOpen() {
        return !closing() && streams.canOpen();
    }

    /// True when no stream can be opened any more.
    boolean closing() {
        return ended || left || remoteLeft || streams.exhausted();
    }

    int streams() {
        return streams.size();
    }

    /// The window of the stream grows only as far as `budget` can afford it, too.
    void charge(int id, WindowBudget budget) {
        streams.charge(id, budget);
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
        if (frame.body() > ReceiveWindow.BODY_BYTES_MAX) {
            return fail(PROTOCOL_ERROR, "a frame of " + frame.body() + " bytes");
        }
        var known = streams.find(frame.stream());
        if (!frame.has(Header.SYN)) {
            // Not an error: frames cross with the end of their stream.
            return known == null ? discard(frame) : forStream(known, frame, new ArrayList<>(2));
        }
        if (!streams.remoteMayOpen(frame.stream())) {
            return fail(PROTOCOL_ERROR, "SYN for a stream that is not the remote's to open");
        }
        if (frame.has(Header.RST)) {
            return discard(frame);
        }
        var actions = new ArrayList<Action>(2);
        if (left || streams.full()) {
            actions.addAll(discard(frame));
            actions.addAll(sendReset(frame.stream()));
            return actions;
        }
        actions.add(new Accept(frame.stream()));
        return forStream(streams.accept(now, frame.stream()), frame, actions);
    }

    /// Any set of flags may be on any frame: each is seen to, the body before the end.
    private List<Action> forStream(StreamState stream, Header frame, List<Action> actions) {
        if (frame.has(Header.ACK) && stream.outbound) {
            streams.acknowledged(stream);
        }
        if (frame.has(Header.RST)) {
            return aborted(stream, frame, actions);
        }
        if (stream.finishReceived && frame.body() > 0) {
            aborted(stream, frame, actions).addAll(sendReset(stream.id));
            return actions;
        }
        if (!stream.window.accept(frame.body())) {
            return fail(PROTOCOL_ERROR, "more data than the window of a stream");
        }
        if (!stream.credit(frame.length() - frame.body())) {
            return fail(PROTOCOL_ERROR, "more than 32 bits of credit");
        }
        outbox.send(stream);
        var last = frame.has(Header.FIN) && !stream.finishReceived;
        stream.finishReceived |= last;
        if (stream.abandoned) {
            actions.addAll(discard(frame));
        } else if (frame.body() > 0 || last) {
            actions.add(new Deliver(stream.id, frame.body(), last));
        }
        if (stream.finished()) {
            remove(stream);
            actions.add(new Gone(stream.id));
        }
        return actions;
    }

    private List<Action> aborted(StreamState stream, Header frame, List<Action> actions) {
        remove(stream);
        actions.add(new Aborted(stream.id, frame.length() - frame.body()));
        actions.addAll(discard(frame));
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

    private List<Action> write(int id, long bytes) {
        var stream = streams.find(id);
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
        var stream = streams.find(id);
        if (stream != null && !stream.finishing) {
            stream.finishing = true;
            if (stream.owesFinish()) {
                outbox.signal(stream);
            }
        }
        return List.of();
    }

    private List<Action> consumed(int id, long bytes) {
        var stream = streams.find(id);
        if (stream == null) {
            return List.of();
        }
        stream.window.consume(bytes);
        if (stream.owesUpdate()) {
            outbox.signal(stream);
        } else {
            streams.oweAcknowledgement(stream).forEach(outbox::signal);
        }
        return List.of();
    }

    private List<Action> awaiting(int id) {
        var stream = streams.find(id);
        if (stream != null && stream.greeting != 0) {
            outbox.signal(stream);
        }
        return List.of();
    }

    private List<Action> abandon(Instant now, int id) {
        var stream = streams.find(id);
        if (stream == null || stream.abandoned) {
            return List.of();
        }
        if (stream.unannounced()) {
            remove(stream);
            return List.of(new Gone(id));
        }
        stream.abandoned = true;
        if (!stream.finishReceived) {
            streams.linger(stream, now.plus(linger));
        }
        return finish(id);
    }

    private List<Action> reset(int id) {
        var stream = streams.find(id);
        if (stream != null) {
            remove(stream);
        }
        return stream == null || stream.unannounced() ? List.of() : sendReset(id);
    }

    private List<Action> sendReset(int id) {
        return outbox.reset(id)
                ? List.of()
                : fail(PROTOCOL_ERROR, "resets that the remote does not read");
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
        streams.clear();
        return List.of();
    }

    private List<Action> fail(long code, String reason) {
        end(code);
        return List.of(new Close(reason));
    }

    private static List<Action> silently(Runnable change) {
        change.run();
        return List.of();
    }

    private void remove(StreamState stream) {
        streams.remove(stream);
        outbox.forget(stream);
    }

    private static List<Action> discard(Header frame) {
        return frame.body() == 0 ? List.of() : List.of(new Discard(frame.body()));
    }
}
