package org.p2prmb.node;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The long-lived `/rmb/alive/1.0.0` streams, one with each peer, whoever opened it.
///
/// When both opened one at the same time, the one with the greater peer id ends its own. Of two
/// streams that the peer opened, the older one is stale. Frames go over the stream on which the
/// peer was heard last. A peer that writes more than anyone needs to loses its link.
final class AliveLinks {
    private static final Logger log = LoggerFactory.getLogger(AliveLinks.class);

    /// A released link ends after this long without a frame: the peer's watchers ping more often.
    private static final Duration IDLE_MAX = Duration.ofMinutes(2);

    /// Frames that a peer may send in the long run, and at once: when many agents die together, a
    /// co-watcher has votes and an obituary to tell for each of them. A new link counts as one.
    private static final int FRAMES_PER_SECOND = 10;

    private static final int FRAMES_BURST = 300;

    private final PeerId self;
    private final int linksMax;
    private final Opener opener;
    private final Listener listener;
    private final InstantSource clock;
    private final Map<PeerId, Row> rows = new HashMap<>(); // Guarded by this, as all of a row is.
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(FRAMES_PER_SECOND, FRAMES_BURST);
    private boolean closed; // Guarded by this.

    /// @param linksMax peers with a link at most; the one unused for longest makes room for ours
    AliveLinks(PeerId self, int linksMax, Opener opener, Listener listener, InstantSource clock) {
        this.self = self;
        this.linksMax = linksMax;
        this.opener = opener;
        this.listener = listener;
        this.clock = clock;
    }

    /// Opens streams, elsewhere.
    @FunctionalInterface
    interface Opener {
        /// Ends in [#opened] or [#notOpened]; false when it does not even begin.
        boolean start(PeerId peer);
    }

    /// Hears what happens on the links; called on the links' own threads, and may wait.
    interface Listener {
        void up(PeerId peer) throws InterruptedException;

        /// The last link with this peer is gone.
        void down(PeerId peer) throws InterruptedException;

        void received(Connection over, AliveFrame frame) throws InterruptedException;
    }

    /// What there is between us and one peer.
    private static final class Row {
        final List<AliveLink> links = new ArrayList<>(2);
        final ArrayDeque<Bytes> waiting = new ArrayDeque<>();
        boolean opening;

        /// Whether we have no more use for it.
        boolean released;

        final ReentrantLock telling = new ReentrantLock();
        volatile boolean toldUp; // Changed under telling.

        /// Where the peer was heard last.
        Optional<AliveLink> best() {
            return links.stream()
                    .filter(link -> !link.isEnding())
                    .max(Comparator.comparingLong(AliveLink::heardNanos));
        }

        long usedNanos() {
            return links.stream().mapToLong(AliveLink::usedNanos).max().orElse(Long.MAX_VALUE);
        }
    }

    /// Has the frame sent; opens a link when there is none. It may be lost.
    void send(PeerId peer, AliveFrame frame) {
        var encoded = frame.encoded();
        synchronized (this) {
            var row = row(peer);
            if (row == null) {
                return;
            }
            row.released = false;
            var link = row.best();
            if (link.isPresent()) {
                link.get().offer(encoded);
            } else if (row.waiting.size() < AliveLink.QUEUE_MAX) {
                row.waiting.add(encoded);
                open(peer, row);
            }
        }
    }

    /// Opens a link unless there is one.
    synchronized void open(PeerId peer) {
        var row = row(peer);
        if (row != null && row.best().isEmpty()) {
            open(peer, row);
        }
    }

    private void open(PeerId peer, Row row) {
        if (!row.opening) {
            row.opening = true;
            if (!opener.start(peer)) {
                // Our caller must not wait until the listener has heard.
                Thread.ofVirtual().name("no alive link").start(() -> givenUp(peer));
            }
        }
    }

    /// The peer's row; none when we are closed or everything is in use.
    private @Nullable Row row(PeerId peer) {
        var known = rows.get(peer);
        if (known != null || closed || !makeRoom(Duration.ZERO)) {
            return known;
        }
        var added = new Row();
        rows.put(peer, added);
        return added;
    }

    /// Ends the link that was not used for longest, if that is `idle` or more.
    private boolean makeRoom(Duration idle) {
        if (rows.size() < linksMax) {
            return true;
        }
        var latest = System.nanoTime() - idle.toNanos();
        var oldest =
                rows.values().stream()
                        .filter(row -> !row.links.isEmpty() && row.usedNanos() - latest <= 0)
                        .min(Comparator.comparingLong(Row::usedNanos));
        oldest.ifPresent(row -> row.links.forEach(link -> link.stream().reset()));
        return oldest.isPresent();
    }

    /// The opener has a stream: a link until one of the two ends it.
    void opened(Stream stream) {
        Thread.ofVirtual()
                .name("alive link")
                .start(() -> {
                    try (stream) {
                        run(stream, true);
                    } catch (IOException e) {
                        ended(stream, e);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt(); // The link is over.
                    }
                });
    }

    private static void ended(Stream stream, IOException cause) {
        log.debug(
                "alive link with {} ended: {}",
                stream.remotePeer().shortText(),
                cause.getMessage());
    }

    /// The opener has none; what waits for it is lost.
    void notOpened(PeerId peer) throws InterruptedException {
        Row row;
        synchronized (this) {
            row = rows.get(peer);
            if (row == null || !row.opening) {
                return;
            }
            row.opening = false;
            row.waiting.clear();
        }
        tell(peer, row);
        prune(peer, row);
    }

    private void givenUp(PeerId peer) {
        try {
            notOpened(peer);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Serves a stream that the peer opened to its end.
    void serve(Stream stream) throws IOException, InterruptedException {
        run(stream, false);
    }

    private void run(Stream stream, boolean ours) throws IOException, InterruptedException {
        var peer = stream.remotePeer();
        var link = new AliveLink(stream, ours);
        Row row;
        try {
            row = add(peer, link);
        } catch (ProtocolException e) {
            if (ours) {
                notOpened(peer);
            }
            throw e;
        }
        try {
            link.start();
            tell(peer, row);
            read(link);
            link.finish();
        } finally {
            link.stop();
            remove(row, link);
            tell(peer, row);
            prune(peer, row);
        }
    }

    private void read(AliveLink link) throws IOException, InterruptedException {
        var stream = link.stream();
        var peer = stream.remotePeer();
        while (true) {
            var encoded = Frames.readOrEnd(stream, AliveFrame.BYTES_MAX);
            if (encoded.isEmpty()) {
                return;
            }
            count(peer);
            var frame = AliveFrame.decode(Bytes.wrap(encoded.get()));
            if (frame instanceof AliveFrame.Leased(var renewal)
                    && !renewal.lease().peer().equals(peer)) {
                throw new ProtocolException("a lease of somebody else");
            }
            link.heard();
            listener.received(stream.connection(), frame);
        }
    }

    private synchronized void count(PeerId peer) throws ProtocolException {
        if (!buckets.take(peer, clock.instant())) {
            throw new ProtocolException("too many alive frames");
        }
    }

    private synchronized Row add(PeerId peer, AliveLink link) throws ProtocolException {
        count(peer);
        var known = rows.get(peer);
        if (closed || known == null && !makeRoom(IDLE_MAX)) {
            throw new ProtocolException("no more alive streams are taken");
        }
        var row = known == null ? new Row() : known;
        rows.put(peer, row);
        row.links.add(link);
        if (link.isOurs()) {
            row.opening = false;
        }
        row.waiting.forEach(link::offer);
        row.waiting.clear();
        settle(self.compareTo(peer) > 0, row, link);
        return row;
    }

    /// Leaves one link of those that `added` made too many.
    private static void settle(boolean oursYield, Row row, AliveLink added) {
        for (var link : List.copyOf(row.links)) {
            if (link != added && !link.isOurs() && !added.isOurs()) {
                link.unsaid().forEach(added::offer);
                link.stream().reset();
            }
        }
        var theirs = row.links.stream().filter(link -> !link.isOurs()).toList();
        if (oursYield && !theirs.isEmpty()) {
            for (var link : row.links) {
                if (link.isOurs() && !link.isEnding()) {
                    link.unsaid().forEach(theirs.getLast()::offer);
                    link.end();
                }
            }
        }
    }

    private synchronized void remove(Row row, AliveLink link) {
        row.links.remove(link);
        row.best().ifPresent(other -> link.unsaid().forEach(other::offer));
    }

    /// Tells the listener whether there is a link, if it does not know.
    private void tell(PeerId peer, Row row) throws InterruptedException {
        row.telling.lockInterruptibly();
        try {
            var up = isUp(row);
            if (up != row.toldUp && !isClosed()) {
                row.toldUp = up;
                if (up) {
                    listener.up(peer);
                } else {
                    listener.down(peer);
                }
            }
        } finally {
            row.telling.unlock();
        }
    }

    /// The peer may end its own stream in favour of ours before we have that.
    private synchronized boolean isUp(Row row) {
        return !row.links.isEmpty() || row.toldUp && row.opening;
    }

    private synchronized void prune(PeerId peer, Row row) {
        if (row.links.isEmpty() && !row.opening && (closed || !row.toldUp)) {
            rows.remove(peer, row);
            notifyAll();
        }
    }

    /// How many streams there are with this peer: one, when things have settled.
    synchronized int streams(PeerId peer) {
        var row = rows.get(peer);
        return row == null ? 0 : row.links.size();
    }

    /// Ends the link when nobody has used it for a while.
    synchronized void release(PeerId peer) {
        var row = rows.get(peer);
        if (row != null) {
            row.released = true;
        }
    }

    /// Ends the released links that are idle; to be called now and then.
    synchronized void sweep() {
        var latest = System.nanoTime() - IDLE_MAX.toNanos();
        for (var row : rows.values()) {
            if (row.released && !row.opening && row.usedNanos() - latest <= 0) {
                row.links.forEach(AliveLink::end);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// How many peers there is a link with, or one being opened.
    synchronized int size() {
        return rows.size();
    }

    /// Takes no more links and tells the listener of no more that end.
    synchronized void close() {
        closed = true;
    }

    /// Says what is queued on all links, ends them, and waits for that at most `limit`.
    synchronized void finish(Duration limit) throws InterruptedException {
        close();
        rows.values().forEach(row -> row.links.forEach(AliveLink::end));
        var end = System.nanoTime() + limit.toNanos();
        for (var left = limit.toNanos(); !rows.isEmpty() && left > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
    }
}
