package org.p2prmb.libp2p.yamux;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Many streams over one secure channel: the shell around [YamuxMachine].
///
/// Three virtual threads serve a session. The reader takes frames apart, the writer sends batches,
/// the timer watches the clock; the machine and all streams are guarded by one lock, which is
/// never held over I/O. Application threads only touch memory under that lock; where they wait,
/// they wait for window, room or data.
public final class YamuxSession implements AutoCloseable {
    /// How long the last batch may take when we close.
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(YamuxSession.class);
    private static final InstantSource CLOCK = new MonotonicClock();
    private static final Thread[] NOBODY = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final SecureChannel channel;
    private final YamuxListener listener;
    private final Duration writeTimeout;
    private final SessionReader reader;
    private final SessionWriter writer;
    private final SessionTimer timer;

    // Guarded by the lock, all of it.
    private final YamuxMachine machine;
    private final Map<Integer, YamuxStream> streams = new HashMap<>();
    private final ChunkPool pool = new ChunkPool();
    private final List<Thread> woken = new ArrayList<>();
    private final List<YamuxStream> accepted = new ArrayList<>();
    private final ArrayDeque<Thread> openers = new ArrayDeque<>();
    private final ArrayDeque<Pong> pingers = new ArrayDeque<>();
    private @Nullable YamuxStream opened;
    private @Nullable String endReason;
    private Instant closeBy = Instant.MAX;
    private boolean terminated;
    private long bytesRead;
    private long bytesWritten;

    /// What one caller of [#ping] waits for.
    private static final class Pong {
        final Thread thread = Thread.currentThread();
        @Nullable Duration roundTrip;
    }

    private YamuxSession(
            SecureChannel channel,
            boolean dialer,
            YamuxConfig config,
            WindowBudget budget,
            YamuxListener listener) {
        this.channel = channel;
        this.listener = listener;
        this.writeTimeout = config.writeTimeout();
        this.machine = new YamuxMachine(dialer, config, budget, CLOCK.instant());
        this.reader = new SessionReader(this, channel, "yamux-reader");
        this.writer = new SessionWriter(this, channel, "yamux-writer");
        this.timer = new SessionTimer(this, "yamux-timer");
    }

    /// Starts to multiplex `channel`, which belongs to the session from now on.
    ///
    /// @param dialer true on the side that opened the connection
    /// @param budget what the process grants to the windows of all its sessions together
    public static YamuxSession start(
            SecureChannel channel,
            boolean dialer,
            YamuxConfig config,
            WindowBudget budget,
            YamuxListener listener) {
        var session = new YamuxSession(channel, dialer, config, budget, listener);
        session.writer.start();
        session.timer.start();
        session.reader.start();
        return session;
    }

    /// Opens a stream, waiting at most `limit` while too many are open or unacknowledged. The
    /// remote hears of it with the first bytes written, or when we first wait for its bytes.
    public YamuxStream open(Duration limit) throws IOException {
        lock();
        try {
            awaitRoomToOpen(now().plus(limit));
            apply(new YamuxMachine.Open());
            var stream = opened;
            opened = null;
            if (stream == null) {
                throw new IllegalStateException("the machine opened no stream");
            }
            return stream;
        } finally {
            unlock();
        }
    }

    private void awaitRoomToOpen(Instant until) throws IOException {
        while (true) {
            checkOpen();
            if (machine.canOpen()) {
                return;
            }
            if (machine.closing()) {
                throw new IOException("the connection takes no more streams");
            }
            var thread = Thread.currentThread();
            openers.add(thread);
            try {
                parkUntil(until, "a stream to open");
            } finally {
                openers.remove(thread);
            }
        }
    }

    /// Measures the round trip to the remote's multiplexer, the send queue included.
    public Duration ping(Duration limit) throws IOException {
        lock();
        try {
            var until = now().plus(limit);
            var pong = new Pong();
            pingers.add(pong);
            try {
                checkOpen();
                apply(new YamuxMachine.Ping());
                flush();
                timer.arm(machine.nextTick());
                var roundTrip = pong.roundTrip;
                while (roundTrip == null) {
                    checkOpen();
                    parkUntil(until, "a pong");
                    roundTrip = pong.roundTrip;
                }
                return roundTrip;
            } finally {
                pingers.remove(pong);
            }
        } finally {
            unlock();
        }
    }

    /// Tells the remote to open no more streams; those that live go on.
    public void goAway(long code) {
        lock();
        try {
            apply(new YamuxMachine.Leave(code));
            flush();
        } finally {
            unlock();
        }
    }

    /// Tells the remote that we leave and closes when what was written has been sent. Does not
    /// wait for that; streams fail at once.
    @Override
    public void close() {
        lock();
        try {
            end(YamuxMachine.NORMAL, "closed by us");
        } finally {
            unlock();
        }
    }

    public boolean isOpen() {
        return closeReason().isEmpty();
    }

    /// Why the session ended; empty while it lives.
    public Optional<String> closeReason() {
        lock();
        try {
            return Optional.ofNullable(endReason);
        } finally {
            unlock();
        }
    }

    /// Streams that live, of both sides.
    public int streams() {
        lock();
        try {
            return machine.streams();
        } finally {
            unlock();
        }
    }

    /// Bytes that came for streams so far, headers excluded.
    public long bytesRead() {
        lock();
        try {
            return bytesRead;
        } finally {
            unlock();
        }
    }

    /// Bytes of streams that were sent or are about to be, headers excluded.
    public long bytesWritten() {
        lock();
        try {
            return bytesWritten;
        } finally {
            unlock();
        }
    }

    private void checkOpen() throws IOException {
        if (endReason != null) {
            throw new IOException("connection is closed: " + endReason);
        }
    }

    private void parkUntil(Instant until, String what) throws IOException {
        var left = Duration.between(now(), until);
        if (!left.isPositive()) {
            throw new SocketTimeoutException("no time left to wait for " + what);
        }
        unlock();
        LockSupport.parkNanos(this, left.toSeconds() > 3600 ? Long.MAX_VALUE : left.toNanos());
        lock();
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for " + what);
        }
    }

    // What follows serves the session's threads and streams. The lock is held, unless it says not.

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

    ChunkPool pool() {
        return pool;
    }

    SessionTimer timer() {
        return timer;
    }

    Instant nextTick() {
        return machine.nextTick();
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
            case YamuxMachine.Gone(var id) -> streams.remove(id);
            case YamuxMachine.Ponged(var roundTrip) -> ponged(roundTrip);
            case YamuxMachine.RemoteLeft(var code) -> LOG.debug("remote leaves, code {}", code);
            case YamuxMachine.Close(var reason) -> close(reason);
        }
    }

    private YamuxStream stream(int id, boolean outbound) {
        var stream = new YamuxStream(this, id, outbound);
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
            stream.send(into, offset + Header.BYTES, body);
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

    private void ponged(Duration roundTrip) {
        for (var pong : pingers) {
            pong.roundTrip = roundTrip;
            wake(pong.thread);
        }
    }

    void received(Header frame) {
        apply(new YamuxMachine.Received(frame));
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

    void forget(YamuxStream stream) {
        streams.remove(stream.id());
        reader.forget(stream);
    }

    /// Does what is due; returns when to be called again.
    Instant tick(Instant now) {
        if (!now.isBefore(machine.nextTick())) {
            perform(machine.tick(now));
            flush();
        }
        var writeBy = after(writer.writingSince(), writeTimeout);
        if (!now.isBefore(writeBy) || !now.isBefore(closeBy)) {
            closeBy = Instant.MAX;
            end(YamuxMachine.NORMAL, "writing took longer than " + writeTimeout);
            channel.close();
        }
        writer.releaseIfQuiet();
        pool.releaseIfQuiet();
        return min(min(machine.nextTick(), closeBy), min(writeBy, expire(now)));
    }

    /// Fails streams whose deadline has passed; returns the next deadline.
    private Instant expire(Instant now) {
        var next = Instant.MAX;
        for (var stream : List.copyOf(streams.values())) {
            if (!now.isBefore(stream.deadline())) {
                stream.expire();
            } else {
                next = min(next, stream.deadline());
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

    private void close(String reason) {
        LOG.debug("session ends: {}", reason);
        end(YamuxMachine.NORMAL, reason);
    }

    /// Ends the session once: streams fail, the writer sends what it has and closes the channel.
    private void end(long code, String reason) {
        if (endReason != null) {
            return;
        }
        endReason = reason;
        perform(machine.on(now(), new YamuxMachine.End(code)));
        for (var stream : streams.values()) {
            stream.fail("connection is closed: " + reason, false);
        }
        streams.clear();
        openers.forEach(this::wake);
        pingers.forEach(pong -> wake(pong.thread));
        closeBy = now().plus(CLOSE_LIMIT);
        timer.arm(closeBy);
        writer.close();
    }

    // What follows is called without the lock.

    /// Ends the session at once: there is no channel to send on any more.
    void end(String reason) {
        lock();
        try {
            end(YamuxMachine.NORMAL, reason);
        } finally {
            unlock();
        }
        channel.close();
    }

    /// Hands over the streams that the remote opened.
    void announce() {
        if (accepted.isEmpty()) {
            return;
        }
        lock();
        var streams = List.copyOf(accepted);
        accepted.clear();
        unlock();
        streams.forEach(listener::onStream);
    }

    /// The remote broke a rule of the framing: it is told, and the session ends.
    void violated(ProtocolException violation) {
        lock();
        try {
            end(YamuxMachine.PROTOCOL_ERROR, String.valueOf(violation.getMessage()));
        } finally {
            unlock();
        }
    }

    /// The reader's last act.
    void terminate() {
        end("internal error");
        lock();
        terminated = true;
        timer.arm(Instant.MIN);
        unlock();
        listener.onClosed(closeReason().orElseThrow());
    }

    /// A thread of the session whose failure, which is ours, ends the session and nothing else.
    Runnable supervised(Runnable body) {
        return () -> {
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                LOG.error("{} died", Thread.currentThread().getName(), e);
                end("internal error");
            }
        };
    }
}
