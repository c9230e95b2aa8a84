package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.Tally;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.limits.TokenBuckets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The long-lived `/rmb/alive/1.0.0` streams, usually one with each neighbour, whoever opened it.
///
/// Both sides write on it. Each link has a writer thread behind a bounded queue, so that a
/// neighbour that does not read delays nobody; what does not fit is lost, like a lease that is
/// renewed anyway. A neighbour that writes more than anyone needs to loses its link.
final class AliveLinks {
    private static final Logger log = LoggerFactory.getLogger(AliveLinks.class);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(5);
    private static final int QUEUE_MAX = 16;
    private static final int LINKS_PER_PEER_MAX = 4;

    /// Frames that a neighbour may send; a new link counts as one.
    private static final int FRAMES_PER_SECOND = 10;

    private static final int FRAMES_BURST = 100;

    private final Listener listener;
    private final InstantSource clock;
    private final Map<PeerId, List<Link>> links = new HashMap<>();
    private final TokenBuckets buckets = new TokenBuckets(FRAMES_PER_SECOND, FRAMES_BURST);
    private final Tally bytes = new Tally(List.of("sent", "received"));
    private boolean closed;

    AliveLinks(Listener listener, InstantSource clock) {
        this.listener = listener;
        this.clock = clock;
    }

    /// Hears what happens on the links; called on the links' own threads, and may wait.
    interface Listener {
        void up(PeerId peer) throws InterruptedException;

        /// The last link with this peer is gone.
        void down(PeerId peer) throws InterruptedException;

        void received(PeerId peer, AliveFrame frame) throws InterruptedException;
    }

    /// @param last whether we say nothing after it
    private record Letter(Bytes frame, boolean last) {}

    private record Link(Stream stream, ArrayBlockingQueue<Letter> queue) {}

    /// Opens a link on this connection unless there is one with its peer already; `failed` runs
    /// when it cannot be opened.
    void open(Connection connection, Runnable failed) {
        if (!isUp(connection.remotePeer())) {
            Thread.ofVirtual().name("alive link").start(() -> opened(connection, failed));
        }
    }

    private void opened(Connection connection, Runnable failed) {
        var peer = connection.remotePeer();
        try (var stream = connection.open(List.of(AliveFrame.PROTOCOL), OPEN_LIMIT)) {
            serve(stream);
        } catch (IOException e) {
            log.debug("alive link with {} ended: {}", peer.shortText(), e.getMessage());
            if (!isUp(peer)) {
                failed.run();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The link is over.
        }
    }

    /// Serves a link to its end, whoever opened it.
    void serve(Stream stream) throws IOException, InterruptedException {
        var peer = stream.remotePeer();
        var link = new Link(stream, new ArrayBlockingQueue<>(QUEUE_MAX));
        count(peer);
        if (!add(peer, link)) {
            throw new ProtocolException("no more alive streams are taken");
        }
        var writer = Thread.ofVirtual().name("alive writer").start(() -> write(link));
        try {
            listener.up(peer);
            read(stream);
        } finally {
            writer.interrupt();
            if (remove(peer, link)) {
                listener.down(peer);
            }
        }
    }

    private void read(Stream stream) throws IOException, InterruptedException {
        while (true) {
            var encoded = Frames.readOrEnd(stream, AliveFrame.BYTES_MAX);
            if (encoded.isEmpty()) {
                return;
            }
            count(stream.remotePeer());
            bytes.add("received", Frames.bytes(encoded.get().length));
            var frame = AliveFrame.decode(Bytes.wrap(encoded.get()));
            if (frame instanceof AliveFrame.Leased(var lease)
                    && !lease.peer().equals(stream.remotePeer())) {
                throw new ProtocolException("a lease of somebody else");
            }
            listener.received(stream.remotePeer(), frame);
        }
    }

    private synchronized void count(PeerId peer) throws ProtocolException {
        if (!buckets.take(peer, clock.instant())) {
            throw new ProtocolException("too many alive frames");
        }
    }

    private void write(Link link) {
        try {
            var last = false;
            while (!last) {
                var letter = link.queue().take();
                Frames.write(link.stream(), letter.frame().unsafeArray());
                bytes.add("sent", Frames.bytes(letter.frame().size()));
                last = letter.last();
            }
            link.stream().closeWrite();
        } catch (IOException _) {
            link.stream().reset(); // The reader of the link notices and tells.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The link is over.
        }
    }

    /// Queues the frame on the newest link; false when there is none or its queue is full.
    boolean send(PeerId peer, AliveFrame frame) {
        var known = with(peer);
        return !known.isEmpty()
                && known.getLast().queue().offer(new Letter(frame.encoded(), false));
    }

    /// Queues the frame as the last one on every link with this peer, which ends them.
    void sendLast(PeerId peer, AliveFrame frame) {
        var letter = new Letter(frame.encoded(), true);
        with(peer).forEach(link -> link.queue().offer(letter));
    }

    /// Bytes of whole frames, `sent` and `received`.
    Tally bytes() {
        return bytes;
    }

    boolean isUp(PeerId peer) {
        return !with(peer).isEmpty();
    }

    private synchronized List<Link> with(PeerId peer) {
        return List.copyOf(links.getOrDefault(peer, List.of()));
    }

    private synchronized boolean add(PeerId peer, Link link) {
        var known = links.getOrDefault(peer, List.of());
        if (closed || known.size() >= LINKS_PER_PEER_MAX) {
            return false;
        }
        return links.computeIfAbsent(peer, _ -> new ArrayList<>()).add(link);
    }

    /// Whether it was the last one with this peer, and somebody wants to know.
    private synchronized boolean remove(PeerId peer, Link link) {
        var known = links.getOrDefault(peer, new ArrayList<>());
        known.remove(link);
        if (!known.isEmpty()) {
            return false;
        }
        links.remove(peer);
        notifyAll();
        return !closed;
    }

    /// Takes no more links and tells the listener of no more that end.
    synchronized void close() {
        closed = true;
    }

    /// Waits until all links have ended, at most `limit`.
    synchronized void awaitNone(Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        for (var left = limit.toNanos(); !links.isEmpty() && left > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
    }
}
