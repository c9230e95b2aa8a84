package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ConnectionScope;
import org.p2prmb.libp2p.resource.ResourceLimitException;
import org.p2prmb.libp2p.resource.StreamScope;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.yamux.YamuxConfig;
import org.p2prmb.libp2p.yamux.YamuxListener;
import org.p2prmb.libp2p.yamux.YamuxSession;
import org.p2prmb.libp2p.yamux.YamuxStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// One connection of a [TcpHost]: serves the streams that the remote opens and opens ours.
final class HostConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(HostConnection.class);

    private final long serial;
    private final boolean outbound;
    private final RawChannel channel;
    private final SecureChannel secure;
    private final Protocols protocols;
    private final Duration negotiation;
    private final Executor threads;
    private final Owner owner;
    private final ConnectionScope scope;
    private final YamuxSession session;
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();
    private final InstantSource clock;
    private final Instant since;
    private final IdleClock idle; // Guarded by itself.

    /// Down once the host knows of this connection, or never will: no stream is served before.
    private final CountDownLatch admitted = new CountDownLatch(1);

    private volatile boolean dismissed;

    /// The part of the host that keeps its connections.
    interface Owner {
        /// The connection is gone; called once, must not wait.
        void closed(HostConnection connection, String reason);
    }

    /// What all connections of a host share.
    record Shared(
            Protocols protocols,
            Duration negotiation,
            YamuxConfig yamux,
            Executor threads,
            InstantSource clock) {}

    /// One stream's share in keeping its connection, and its place among the host's streams.
    final class Use {
        private final StreamScope place;
        private final AtomicBoolean over = new AtomicBoolean();

        private Use(StreamScope place) {
            this.place = place;
        }

        /// The stream speaks `protocol`. Throws when too many do.
        void agreed(String protocol) throws IOException {
            place.agreed(protocol);
        }

        /// No reason to keep the connection any more; once is enough.
        void background() {
            if (over.compareAndSet(false, true)) {
                synchronized (idle) {
                    idle.ended(clock.instant());
                }
            }
        }

        /// The stream is over. Its place is free, too, once nobody works for it.
        void end() {
            background();
            place.close();
        }
    }

    /// Starts to multiplex `secure`, which runs over `channel`.
    HostConnection(
            long serial,
            boolean outbound,
            RawChannel channel,
            SecureChannel secure,
            ConnectionScope scope,
            Shared shared,
            Owner owner) {
        this.serial = serial;
        this.outbound = outbound;
        this.channel = channel;
        this.secure = secure;
        this.scope = scope;
        this.protocols = shared.protocols();
        this.negotiation = shared.negotiation();
        this.threads = shared.threads();
        this.owner = owner;
        this.clock = shared.clock();
        this.since = clock.instant();
        this.idle = new IdleClock(since);
        // Last: its threads see everything above.
        this.session = YamuxSession.start(secure, outbound, shared.yamux(), scope, new Incoming());
    }

    /// What the remote does.
    private final class Incoming implements YamuxListener {
        @Override
        public void onStream(YamuxStream stream) {
            try {
                var place = scope.stream(true);
                stream.charge(place);
                serveOnThread(stream, place);
            } catch (ResourceLimitException e) {
                LOG.debug("a stream of {} is refused: {}", remotePeer().shortText(), text(e));
                stream.reset();
            }
        }

        private void serveOnThread(YamuxStream stream, StreamScope place) {
            try {
                threads.execute(() -> serve(stream, place));
            } catch (RejectedExecutionException _) {
                place.close();
                stream.reset(); // The host is closing.
            }
        }

        @Override
        public void onClosed(String reason) {
            owner.closed(HostConnection.this, reason);
        }
    }

    Instant since() {
        return since;
    }

    /// The order in which the host's connections were made.
    long serial() {
        return serial;
    }

    /// Lets the streams in: the host has registered this connection.
    void admit() {
        admitted.countDown();
    }

    /// Lets go of the streams that came: the host will not know this connection.
    void dismiss() {
        dismissed = true;
        admitted.countDown();
    }

    @Override
    public PeerId remotePeer() {
        return secure.remotePeer();
    }

    @Override
    public PublicKey remotePublicKey() {
        return secure.remotePublicKey();
    }

    @Override
    public Multiaddr remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public Multiaddr localAddress() {
        return channel.localAddress();
    }

    @Override
    public CircuitLimit limit() {
        return channel.limit();
    }

    /// Whether this is a connection on which `protocol` may be spoken.
    boolean allows(String protocol) {
        return !limit().limits() || protocols.allowsLimited(protocol);
    }

    @Override
    public boolean outbound() {
        return outbound;
    }

    @Override
    public Stream open(List<String> names, Duration limit) throws IOException {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no protocol to open a stream for");
        }
        var allowed = names.stream().filter(this::allows).toList();
        if (allowed.isEmpty()) {
            throw new ProtocolException("not on a limited connection: " + names);
        }
        var use = use(scope.stream(false));
        Stream stream = null;
        try {
            stream = open(allowed, limit, use);
            return stream;
        } finally {
            if (stream == null) {
                use.end();
            }
        }
    }

    private Stream open(List<String> names, Duration limit, Use use) throws IOException {
        var end = System.nanoTime() + limit.toNanos();
        if (names.size() == 1) {
            use.agreed(names.getFirst());
            return HostStream.propose(this, raw(limit, use), names.getFirst(), use);
        }
        var raw = raw(limit, use);
        try {
            var left = Duration.ofNanos(end - System.nanoTime());
            return HostStream.select(this, raw, names, left, use);
        } catch (IOException e) {
            raw.reset();
            throw e;
        }
    }

    private YamuxStream raw(Duration limit, Use use) throws IOException {
        var raw = session.open(limit);
        raw.charge(use.place);
        return raw;
    }

    private Use use(StreamScope place) throws IOException {
        synchronized (idle) {
            if (!idle.began()) {
                place.close();
                throw new IOException("the connection was idle and is being closed");
            }
        }
        return new Use(place);
    }

    private void serve(YamuxStream raw, StreamScope place) {
        var done = false;
        try {
            admitted.await();
            done = !dismissed && serveInUse(raw, place);
        } catch (IOException e) {
            LOG.debug("stream {} of {} ended: {}", raw.id(), remotePeer().shortText(), text(e));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The handler was told to end, and so does this.
        } catch (RuntimeException | Error e) { // Supervisor
            LOG.warn("handler of a stream of {} failed", remotePeer().shortText(), e);
        } finally {
            if (!done) {
                raw.reset();
            }
            place.close();
        }
    }

    private boolean serveInUse(YamuxStream raw, StreamScope place)
            throws IOException, InterruptedException {
        var use = use(place);
        try {
            return negotiateAndServe(raw, use);
        } finally {
            use.background();
        }
    }

    /// False when the handler has just been taken away.
    private boolean negotiateAndServe(YamuxStream raw, Use use)
            throws IOException, InterruptedException {
        var stream = HostStream.answer(this, raw, protocols, negotiation, use);
        if (stream.isEmpty()) {
            raw.close(); // Not a reset, which could overtake our refusal.
            return true;
        }
        var handler = protocols.handler(stream.get().protocol());
        if (handler.isPresent()) {
            handler.get().serve(stream.get());
            stream.get().close();
        }
        return handler.isPresent();
    }

    /// Remotes have a say in these messages, so no control characters reach the log.
    private static String text(IOException failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}", "?");
    }

    void countRead(int bytes) {
        bytesRead.addAndGet(bytes);
    }

    void countWritten(int bytes) {
        bytesWritten.addAndGet(bytes);
    }

    @Override
    public Traffic traffic() {
        return new Traffic(bytesRead.get(), bytesWritten.get());
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    int streams() {
        return session.streams();
    }

    /// False also once the remote has said that it leaves, when streams may still be read.
    boolean takesStreams() {
        synchronized (idle) {
            if (idle.retired()) {
                return false;
            }
        }
        return session.takesStreams();
    }

    /// Somebody is about to use it; false when it is being closed because nobody did.
    boolean touch() {
        synchronized (idle) {
            return idle.touched(clock.instant());
        }
    }

    /// Whether no stream has used it for `limit`.
    boolean isIdle(Duration limit) {
        synchronized (idle) {
            return idle.isIdle(clock.instant(), limit);
        }
    }

    /// Takes no streams from now on if it is still idle; the caller closes it then.
    boolean retire(Duration limit) {
        synchronized (idle) {
            return idle.retires(clock.instant(), limit);
        }
    }

    @Override
    public void close() {
        session.close();
    }

    /// Closes the socket without a word to the remote.
    void abort() {
        secure.close();
    }

    @Override
    public String toString() {
        return "%s %s at %s".formatted(outbound ? "to" : "from", remotePeer(), remoteAddress());
    }
}
