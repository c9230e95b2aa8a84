package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.ConnectionUse;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.resource.WaterMarks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The connection manager of a host: closes connections that are of no use any more, and some when
/// there are too many.
///
/// Whoever dialled an idle connection ends it: what others dialled is theirs to close, so a peer
/// that comes to ask something is never cut off between two questions. Only above the high water
/// mark does it matter no more who dialled.
final class ConnectionSweep {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSweep.class);

    /// How many times in each limit the connections are looked at.
    private static final int LOOKS = 4;

    private static final Duration PAUSE_MIN = Duration.ofMillis(10);

    private final PeerId self;
    private final Connections connections;
    private final Duration idleMax;
    private final Duration duplicateMax;
    private final WaterMarks marks;
    private final InstantSource clock;
    private final List<ConnectionUse> uses = new CopyOnWriteArrayList<>();
    private final AtomicLong trimmed = new AtomicLong();
    private Instant lastTrim = Instant.MIN; // Guarded by this.

    /// @param idleMax how long a connection that we dialled may be idle; zero: for ever
    /// @param duplicateMax the same when the peer has dialled us at the same time
    ConnectionSweep(
            PeerId self,
            Connections connections,
            Duration idleMax,
            Duration duplicateMax,
            WaterMarks marks,
            InstantSource clock) {
        this.self = self;
        this.connections = connections;
        this.idleMax = idleMax;
        this.duplicateMax = duplicateMax;
        this.marks = marks;
        this.clock = clock;
    }

    void add(ConnectionUse use) {
        uses.add(use);
    }

    /// Connections that were closed because there were too many.
    long trimmed() {
        return trimmed.get();
    }

    /// The pause between two calls of [#sweep].
    Duration pause() {
        var shortest =
                Stream.of(idleMax, duplicateMax, marks.silence())
                        .filter(Duration::isPositive)
                        .reduce((one, other) -> Collections.min(List.of(one, other)))
                        .orElse(Duration.ofMinutes(1));
        return Collections.max(List.of(shortest.dividedBy(LOOKS), PAUSE_MIN));
    }

    void sweep() {
        try {
            connections.every().stream().filter(HostConnection::outbound).forEach(this::look);
            trim();
        } catch (RuntimeException | Error e) { // Supervisor
            LOG.warn("connections were not looked through", e);
        }
    }

    private void look(HostConnection connection) {
        if (isDuplicate(connection)) {
            end(connection, duplicateMax);
        } else if (idleMax.isPositive() && connection.isIdle(idleMax)) {
            if (isNeeded(connection.remotePeer())) {
                connection.touch(); // When it is needed no more, it stays for the limit.
            } else {
                end(connection, idleMax);
            }
        }
    }

    private static void end(HostConnection connection, Duration limit) {
        if (connection.retire(limit)) {
            LOG.debug("connection {} was idle for {}", connection, limit);
            connection.close();
        }
    }

    /// Of two connections that two peers have dialled to one another, the one of the peer with the
    /// smaller id stays; both sides open their streams on it, so the other becomes idle.
    private boolean isDuplicate(HostConnection connection) {
        return Connections.precedes(connection.remotePeer(), self)
                && connections.with(connection.remotePeer()).stream()
                        .anyMatch(other -> !other.outbound());
    }

    /// Whether there are too many, and nothing was closed for that lately.
    synchronized boolean isDue() {
        return connections.size() > marks.high() && !clock.instant().isBefore(nextTrim());
    }

    /// Closes what is too much, unless that has just been done.
    synchronized void trim() {
        if (!isDue()) {
            return;
        }
        var now = clock.instant();
        lastTrim = now;
        var candidates = connections.every().stream().map(this::candidate).toList();
        var chosen = TrimPlan.choose(now, marks, candidates);
        LOG.info("{} connections are too many: {} are closed", candidates.size(), chosen.size());
        trimmed.addAndGet(chosen.size());
        chosen.forEach(HostConnection::close);
    }

    private Instant nextTrim() {
        return lastTrim.equals(Instant.MIN) ? Instant.MIN : lastTrim.plus(marks.silence());
    }

    private TrimPlan.Candidate<HostConnection> candidate(HostConnection connection) {
        var peer = connection.remotePeer();
        return new TrimPlan.Candidate<>(
                connection,
                isNeeded(peer),
                uses.stream().mapToInt(use -> use.value(peer)).sum(),
                !connection.isIdle(Duration.ZERO),
                connection.outbound(),
                connection.since());
    }

    private boolean isNeeded(PeerId peer) {
        return uses.stream().anyMatch(use -> use.needs(peer));
    }
}
