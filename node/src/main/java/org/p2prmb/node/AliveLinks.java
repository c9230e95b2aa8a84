package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/// The long-lived `/rmb/alive/1.0.0` streams, usually one with each neighbour, whoever opened it.
///
/// Both sides write on it. Each link has a writer thread behind a bounded queue, so that a
/// neighbour that does not read delays nobody; what does not fit is lost, like a lease that is
/// renewed anyway.
final class AliveLinks {
    private static final Logger log = LoggerFactory.getLogger(AliveLinks.class);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(5);
    private static final int QUEUE_MAX = 16;
    private static final int LINKS_PER_PEER_MAX = 4;

    private final Listener listener;
    private final Map<PeerId, List<Link>> links = new HashMap<>();
    private boolean closed;

    AliveLinks(Listener listener) {
        this.listener = listener;
    }

    /// Hears what happens on the links; called on the links' own threads.
    interface Listener {
        void up(PeerId peer);

        /// The last link with this peer is gone.
        void down(PeerId peer);

        void received(PeerId peer, AliveFrame frame);
    }

    private record Link(Stream stream, ArrayBlockingQueue<Bytes> queue) {}

    /// Opens a link on this connection unless there is one with its peer already.
    void open(Connection connection) {
        if (isUp(connection.remotePeer())) {
            return;
        }
        Thread.startVirtualThread(() -> {
            try (var stream = connection.open(List.of(AliveFrame.PROTOCOL), OPEN_LIMIT)) {
                serve(stream);
            } catch (IOException e) {
                log.debug(
                        "alive link with {} ended: {}",
                        connection.remotePeer().shortText(),
                        e.getMessage());
            }
        });
    }

    /// Serves a link to its end, whoever opened it.
    void serve(Stream stream) throws IOException {
        var peer = stream.remotePeer();
        var link = new Link(stream, new ArrayBlockingQueue<>(QUEUE_MAX));
        if (!add(peer, link)) {
            throw new ProtocolException("too many alive streams");
        }
        var writer = Thread.startVirtualThread(() -> write(link));
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

    private void read(Stream stream) throws IOException {
        while (true) {
            var encoded = Frames.readOrEnd(stream, AliveFrame.BYTES_MAX);
            if (encoded.isEmpty()) {
                return;
            }
            var frame = AliveFrame.decode(Bytes.wrap(encoded.get()));
            if (frame instanceof AliveFrame.Leased(var lease)
                    && !lease.peer().equals(stream.remotePeer())) {
                throw new ProtocolException("a lease of somebody else");
            }
            listener.received(stream.remotePeer(), frame);
        }
    }

    private static void write(Link link) {
        try {
            while (true) {
                Frames.write(link.stream(), link.queue().take().unsafeArray());
            }
        } catch (IOException _) {
            link.stream().reset(); // The reader of the link notices and tells.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The link is over.
        }
    }

    /// Queues the frame; false when there is no link or its queue is full.
    boolean send(PeerId peer, AliveFrame frame) {
        return newest(peer).map(link -> link.queue().offer(frame.encoded())).orElse(false);
    }

    boolean isUp(PeerId peer) {
        return newest(peer).isPresent();
    }

    private synchronized Optional<Link> newest(PeerId peer) {
        return Optional.ofNullable(links.get(peer)).map(List::getLast);
    }

    private synchronized boolean add(PeerId peer, Link link) {
        var known = links.computeIfAbsent(peer, _ -> new ArrayList<>());
        if (closed || known.size() >= LINKS_PER_PEER_MAX) {
            return false;
        }
        return known.add(link);
    }

    private synchronized boolean remove(PeerId peer, Link link) {
        var known = links.getOrDefault(peer, List.of());
        known.remove(link);
        if (known.isEmpty()) {
            links.remove(peer);
        }
        return known.isEmpty() && !closed;
    }

    /// Stops telling the listener; the streams end with their connections.
    synchronized void close() {
        closed = true;
    }
}
