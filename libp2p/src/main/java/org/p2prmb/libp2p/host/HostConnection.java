package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.noise.NoiseChannel;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.yamux.WindowBudget;
import org.p2prmb.libp2p.yamux.YamuxConfig;
import org.p2prmb.libp2p.yamux.YamuxListener;
import org.p2prmb.libp2p.yamux.YamuxSession;
import org.p2prmb.libp2p.yamux.YamuxStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/// One connection of a [TcpHost]: serves the streams that the remote opens and opens ours.
final class HostConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(HostConnection.class);

    private final long serial;
    private final boolean outbound;
    private final RawChannel channel;
    private final NoiseChannel secure;
    private final Protocols protocols;
    private final Duration negotiation;
    private final Executor threads;
    private final Owner owner;
    private final YamuxSession session;
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();

    /// Down once the host knows of this connection: no stream is served before.
    private final CountDownLatch admitted = new CountDownLatch(1);

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
            WindowBudget windows,
            Executor threads) {}

    /// Starts to multiplex `secure`, which runs over `channel`.
    HostConnection(
            long serial,
            boolean outbound,
            RawChannel channel,
            NoiseChannel secure,
            Shared shared,
            Owner owner) {
        this.serial = serial;
        this.outbound = outbound;
        this.channel = channel;
        this.secure = secure;
        this.protocols = shared.protocols();
        this.negotiation = shared.negotiation();
        this.threads = shared.threads();
        this.owner = owner;
        // Last: its threads see everything above.
        this.session =
                YamuxSession.start(
                        secure, outbound, shared.yamux(), shared.windows(), new Incoming());
    }

    /// What the remote does.
    private final class Incoming implements YamuxListener {
        @Override
        public void onStream(YamuxStream stream) {
            try {
                threads.execute(() -> serve(stream));
            } catch (RejectedExecutionException _) {
                stream.reset(); // The host is closing.
            }
        }

        @Override
        public void onClosed(String reason) {
            owner.closed(HostConnection.this, reason);
        }
    }

    /// The order in which the host's connections were made.
    long serial() {
        return serial;
    }

    /// Lets the streams in: the host has registered this connection.
    void admit() {
        admitted.countDown();
    }

    @Override
    public PeerId remotePeer() {
        return secure.remotePeer();
    }

    @Override
    public PublicKey remotePublicKey() {
        return secure.remoteKey();
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
    public boolean outbound() {
        return outbound;
    }

    @Override
    public Stream open(List<String> names, Duration limit) throws IOException {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no protocol to open a stream for");
        }
        var end = System.nanoTime() + limit.toNanos();
        var raw = session.open(limit);
        if (names.size() == 1) {
            return HostStream.propose(this, raw, names.getFirst());
        }
        try {
            return HostStream.select(this, raw, names, Duration.ofNanos(end - System.nanoTime()));
        } catch (IOException e) {
            raw.reset();
            throw e;
        }
    }

    private void serve(YamuxStream raw) {
        var done = false;
        try {
            admitted.await();
            done = negotiateAndServe(raw);
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
        }
    }

    /// False when the handler has just been taken away.
    private boolean negotiateAndServe(YamuxStream raw) throws IOException, InterruptedException {
        var stream = HostStream.answer(this, raw, protocols, negotiation);
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

    /// False also once the remote has said that it leaves, when streams may still be read.
    boolean takesStreams() {
        return session.takesStreams();
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
