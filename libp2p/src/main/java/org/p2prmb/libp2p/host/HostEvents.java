package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Tells a host's listeners what happens, each in order on a virtual thread of its own.
///
/// A listener that falls behind slows down new connections, and in the end has them refused. Of
/// what a peer says of itself only the newest waits, so that a peer that keeps talking takes no
/// place of others; that and disconnects are always told, for there are no more of them than
/// connections.
final class HostEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostEvents.class);

    private final List<Mailbox> mailboxes = new CopyOnWriteArrayList<>();
    private final int waitingMax;
    private final Duration patience;

    /// @param waitingMax events that a listener may have to hear
    /// @param patience how long a new connection waits for a listener that is behind
    HostEvents(int waitingMax, Duration patience) {
        this.waitingMax = waitingMax;
        this.patience = patience;
    }

    /// The new listener first hears of `known`, asked for once it hears of everything new.
    void add(HostListener listener, Supplier<Map<Connection, PeerInfo>> known) {
        var mailbox = new Mailbox(listener, waitingMax);
        mailboxes.add(mailbox);
        known.get().forEach(mailbox::identified);
    }

    /// Throws when a listener is hopelessly behind; then none has heard of the connection, of
    /// whose end they would not hear either.
    void connected(Connection connection) throws IOException, InterruptedException {
        var ready = new ArrayList<Mailbox>();
        var all = false;
        try {
            for (var mailbox : mailboxes) {
                if (!mailbox.room.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("a listener of this host is overloaded");
                }
                ready.add(mailbox);
            }
            all = true;
        } finally {
            if (!all) {
                ready.forEach(mailbox -> mailbox.room.release());
            }
        }
        ready.forEach(mailbox -> mailbox.post(listener -> listener.connected(connection), true));
    }

    void disconnected(Connection connection) {
        mailboxes.forEach(
                mailbox -> mailbox.post(listener -> listener.disconnected(connection), false));
    }

    void identified(Connection connection, PeerInfo info) {
        mailboxes.forEach(mailbox -> mailbox.identified(connection, info));
    }

    /// Ends the threads once they have told what is waiting.
    @Override
    public void close() {
        mailboxes.forEach(Mailbox::close);
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        for (var mailbox : mailboxes) {
            if (!mailbox.thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    /// One listener's queue and thread.
    private static final class Mailbox {
        private record Letter(Consumer<HostListener> event, boolean counted, boolean last) {}

        private final HostListener listener;
        private final Semaphore room;

        // Bounded by `room` and the number of connections.
        private final LinkedBlockingQueue<Letter> letters = new LinkedBlockingQueue<>();
        private final Thread thread;

        /// What each connection said last, until that is told.
        private final ConcurrentMap<Connection, PeerInfo> said = new ConcurrentHashMap<>();

        Mailbox(HostListener listener, int waitingMax) {
            this.listener = listener;
            this.room = new Semaphore(waitingMax);
            this.thread = Thread.ofVirtual().name("host-listener").start(this::run);
        }

        void post(Consumer<HostListener> event, boolean counted) {
            letters.add(new Letter(event, counted, false));
        }

        void identified(Connection connection, PeerInfo info) {
            if (said.put(connection, info) == null) {
                post(told -> tellNewest(told, connection), false);
            }
        }

        private void tellNewest(HostListener told, Connection connection) {
            var newest = said.remove(connection);
            if (newest != null) {
                told.identified(connection, newest);
            }
        }

        void close() {
            letters.add(new Letter(_ -> {}, false, true));
        }

        private void run() {
            try {
                var last = false;
                while (!last) {
                    var letter = letters.take();
                    tell(letter);
                    last = letter.last();
                    if (letter.counted()) {
                        room.release();
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // Told to end.
            }
        }

        private void tell(Letter letter) {
            try {
                letter.event().accept(listener);
            } catch (RuntimeException | Error e) { // Supervisor
                LOG.warn("a listener of this host failed", e);
            }
        }
    }
}
