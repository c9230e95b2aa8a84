package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// What the threads of a session share behind one lock: the machine, the streams, and who waits
/// for what. Turns the machine's actions into bytes, deliveries and wake-ups.
///
/// The lock is not held while anybody reads, writes, waits, is woken or runs application code.
/// Methods are called with the lock held unless they say otherwise.
final class Switchboard {
    /// How long the last batch may take when we close.
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(YamuxSession.class);
    private static final InstantSource CLOCK = new MonotonicClock();
    private static final Thread[] NOBODY = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final YamuxSession session;
    private final SecureChannel channel;
    private final YamuxListener listener;
    private final Duration writeTimeout;
    private final YamuxMachine machine;
    private final SessionReader reader;
    private final SessionWriter writer;
    private final SessionTimer timer;
    private final ChunkPool pool = new ChunkPool();
    private final UnreadMemory unread;
    private final Map<Integer, YamuxStream> streams = new HashMap<>();
    private final List<YamuxStream> accepted = new ArrayList<>();
    private final List<Thread> woken = new ArrayList<>();
    private final ArrayDeque<Thread> openers = new ArrayDeque<>();
    private final ArrayDeque<Pong> pongs = new ArrayDeque<>();
    private @Nullable YamuxStream opened;
    private @Nullable String endReason;
    private Instant closeBy = Instant.MAX;
    private boolean terminated;
    private long bytesRead;
    private long bytesWritten;

    /// What one caller of [YamuxSession#ping] waits for.
    static final class Pong {
        private final Thread thread = Thread.currentThread();
        @Nullable Duration roundTrip;
    }

    Switchboard(
            YamuxSession session,
            SecureChannel channel,
            boolean dialer,
            YamuxConfig config,
            WindowBudget budget,
            YamuxListener listener) {
        this.session = session;
        this.channel = channel;
        this.listener = listener;
        this.writeTimeout = config.writeTimeout();
        this.machine = new YamuxMachine(dialer, config, budget, CLOCK.instant());
        this.unread = new UnreadMemory(budget);
        this.reader = new SessionReader(this, channel);
        this.writer = new SessionWriter(this, channel);
        this.timer = new SessionTimer(this);
    }

    void start() {
        writer.start();
        timer.start();
        reader.start();
    }

    /// Called without the lock.
    void lock() {
        lock.lock();
    }

    /// Gives the lock up and then wakes whom [#wake] named: they find it free.
    void unlock() {
        if (!openers.isEmpty() && (machine.canOpen() || machine.closing())) {
            wake(openers.peek());
        }
        if (woken.isEmpty()) {
            lock.unlock();
            return;
        }
        var threads = woken.toArray(NOBODY);
        woken.clear();
        lock.unlock();
        for (var thread : threads) {
            LockSupport.unpark(thread);
        }
    }

    void wake(@Nullable Thread thread) {
        if (thread != null) {
            woken.add(thread);
        }
    }

    Instant now() {
        return CLOCK.instant();
    }

    YamuxMachine machine() {
        return machine;
    }

    ChunkPool pool() {
        return pool;
    }

    UnreadMemory unread() {
        return unread;
    }

    ArrayDeque<Thread> openers() {
        return openers;
    }

    ArrayDeque<Pong> pongs() {
        return pongs;
    }

    long bytesRead() {
        return bytesRead;
    }

    long bytesWritten() {
        return bytesWritten;
    }

    /// Why the session ended; null while it lives.
    @Nullable String endReason() {
        return endReason;
    }

    boolean ended() {
        return endReason != null;
    }

    boolean terminated() {
        return terminated;
    }

    void apply(YamuxMachine.Event event) {
        perform(machine.on(now(), event));
    }

    private void perform(List<YamuxMachine.Action> actions) {
        for (var action : actions) {
            perform(action);
        }
    }

    private void perform(YamuxMachine.Action action) {
        switch (action) {
            case YamuxMachine.Send(var frame) -> send(frame);
            case YamuxMachine.Opened(var id) -> opened = stream(id, true);
            case YamuxMachine.Accept(var id) -> accepted.add(stream(id, false));
            case YamuxMachine.Deliver(var id, var bytes, var last) -> deliver(id, bytes, last);
            case YamuxMachine.Discard(var bytes) -> reader.body(null, bytes, false);
            case YamuxMachine.Aborted(var id, var code) -> aborted(id, code);
            case YamuxMachine.Gone(var id) -> gone(id);
            case YamuxMachine.Ponged(var roundTrip) -> ponged(roundTrip);
            case YamuxMachine.RemoteLeft(var code) -> LOG.debug("remote leaves, code {}", code);
            case YamuxMachine.Close(var reason) -> close(YamuxMachine.NORMAL, reason);
        }
    }

    private YamuxStream stream(int id, boolean outbound) {
        var stream = new YamuxStream(session, this, id, outbound);
        streams.put(id, stream);
        return stream;
    }

    private void send(Header frame) {
        var body = (int) frame.body();
        var offset = writer.used();
        var into = writer.append(Header.BYTES + body);
        frame.encode(into, offset);
        if (body > 0) {
            bytesWritten += body;
            var stream = streams.get(frame.stream());
            if (stream == null) {
                throw new IllegalStateException("no stream " + frame.stream() + " to send for");
            }
            stream.copyUnsent(into, offset + Header.BYTES, body);
        }
    }

    private void deliver(int id, long bytes, boolean last) {
        bytesRead += bytes;
        reader.body(streams.get(id), bytes, last);
    }

    private void aborted(int id, long code) {
        var stream = streams.remove(id);
        if (stream != null) {
            stream.aborted(code);
        }
    }

    private void gone(int id) {
        var stream = streams.remove(id);
        if (stream != null) {
            stream.gone();
        }
    }

    private void ponged(Duration roundTrip) {
        for (var pong : pongs) {
            pong.roundTrip = roundTrip;
            wake(pong.thread);
        }
    }

    /// Opens a stream; the caller has seen that the machine can.
    YamuxStream open() {
        apply(new YamuxMachine.Open());
        var stream = opened;
        opened = null;
        if (stream == null) {
            throw new IllegalStateException("the machine opened no stream");
        }
        return stream;
    }

    /// The application has reset the stream.
    void forget(YamuxStream stream) {
        streams.remove(stream.id());
        dropBody(stream);
    }

    /// The application reads no more: the rest of a body that is coming in is nobody's.
    void dropBody(YamuxStream stream) {
        reader.forget(stream);
    }

    /// Makes the frames for which the batch has room.
    void fill() {
        if (machine.wantsToSend() && writer.room() > Header.BYTES) {
            apply(new YamuxMachine.Room(writer.room()));
        }
    }

    /// Sends what there is to send, on the writer's thread.
    void flush() {
        fill();
        writer.flush();
    }

    /// As [#flush], for the reader, which leaves the making of frames to the writer too.
    void wakeWriter() {
        if (machine.wantsToSend()) {
            writer.wake();
        }
    }

    void arm(Instant due) {
        timer.arm(due);
    }

    /// Makes sure that nobody oversleeps a stalled write, a lost ping or a lingering stream.
    void arm() {
        timer.arm(min(machine.nextTick(), after(writer.writingSince(), writeTimeout)));
    }

    /// Does what is due; returns when to be called again.
    Instant tick(Instant now) {
        if (!now.isBefore(machine.nextTick())) {
            perform(machine.tick(now));
            flush();
        }
        var writeBy = after(writer.writingSince(), writeTimeout);
        if (!now.isBefore(min(writeBy, closeBy))) {
            closeBy = Instant.MAX;
            close(YamuxMachine.NORMAL, "writing took longer than " + writeTimeout);
            channel.close();
        }
        writer.releaseIfQuiet();
        pool.release();
        return min(min(machine.nextTick(), closeBy), min(writeBy, expire(now)));
    }

    /// Fails streams whose deadline has passed; returns the next deadline.
    private Instant expire(Instant now) {
        var next = Instant.MAX;
        for (var stream : List.copyOf(streams.values())) {
            if (now.isBefore(stream.deadline())) {
                next = min(next, stream.deadline());
            } else {
                stream.expire();
            }
        }
        return next;
    }

    private static Instant after(Instant start, Duration limit) {
        return start.equals(Instant.MAX) ? start : start.plus(limit);
    }

    private static Instant min(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// The remote broke a rule of the framing: it is told, and the session ends.
    void violated(ProtocolException violation) {
        close(YamuxMachine.PROTOCOL_ERROR, String.valueOf(violation.getMessage()));
    }

    /// Ends the session once: streams fail, the writer sends what it has and closes the channel.
    void close(long code, String reason) {
        if (endReason != null) {
            return;
        }
        endReason = reason;
        LOG.debug("session ends: {}", reason);
        perform(machine.on(now(), new YamuxMachine.End(code)));
        for (var stream : streams.values()) {
            stream.gone();
            stream.fail("connection is closed: " + reason, false);
        }
        streams.clear();
        openers.forEach(this::wake);
        pongs.forEach(pong -> wake(pong.thread));
        closeBy = now().plus(CLOSE_LIMIT);
        timer.arm(closeBy);
        writer.close();
    }

    /// Ends the session at once: there is no channel to send on. Called without the lock.
    void cut(String reason) {
        lock();
        try {
            close(YamuxMachine.NORMAL, reason);
        } finally {
            unlock();
        }
        channel.close();
    }

    /// Hands over the streams that the remote opened. Called without the lock, by the reader.
    void announce() {
        if (accepted.isEmpty()) {
            return;
        }
        lock();
        // Who opens and resets at once gets no thread for it.
        accepted.stream().filter(YamuxStream::failed).forEach(YamuxStream::release);
        accepted.removeIf(YamuxStream::failed);
        var announced = List.copyOf(accepted);
        accepted.clear();
        unlock();
        announced.forEach(listener::onStream);
    }

    /// The reader's last act; called without the lock.
    void terminate() {
        cut("internal error");
        lock();
        terminated = true;
        timer.arm(Instant.MIN);
        var reason = String.valueOf(endReason);
        unlock();
        listener.onClosed(reason);
    }

    /// A thread of the session, whose failure, which is ours, ends the session and nothing else.
    Thread thread(String name, Runnable body) {
        return Thread.ofVirtual()
                .name(name)
                .unstarted(() -> {
                    try {
                        body.run();
                    } catch (RuntimeException | Error e) { // Supervisor
                        LOG.error("{} died", name, e);
                        cut("internal error");
                    }
                });
    }
}
