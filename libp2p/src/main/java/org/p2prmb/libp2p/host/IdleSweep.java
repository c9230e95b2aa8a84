package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.ConnectionUse;
import org.p2prmb.libp2p.identity.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Closes the connections of a host that it dialled and that are of no use any more.
///
/// Whoever dialled a connection ends it: what others dialled is theirs to close, so a peer that
/// comes to ask something is never cut off between two questions.
final class IdleSweep {
    private static final Logger LOG = LoggerFactory.getLogger(IdleSweep.class);

    /// How many times in each limit the connections are looked at.
    private static final int LOOKS = 4;

    private static final Duration PAUSE_MIN = Duration.ofMillis(10);

    private final Connections connections;
    private final Duration limit;
    private final List<ConnectionUse> uses = new CopyOnWriteArrayList<>();

    /// @param limit how long a connection may be idle
    IdleSweep(Connections connections, Duration limit) {
        this.connections = connections;
        this.limit = limit;
    }

    void add(ConnectionUse use) {
        uses.add(use);
    }

    /// The pause between two calls of [#sweep].
    Duration pause() {
        var pause = limit.dividedBy(LOOKS);
        return pause.compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : pause;
    }

    void sweep() {
        try {
            connections.every().stream().filter(HostConnection::outbound).forEach(this::look);
        } catch (RuntimeException | Error e) { // Supervisor
            LOG.warn("idle connections were not looked through", e);
        }
    }

    private void look(HostConnection connection) {
        if (!connection.isIdle(limit)) {
            return;
        }
        if (isNeeded(connection.remotePeer())) {
            connection.touch(); // When it is needed no more, it stays for the limit.
        } else if (connection.retire(limit)) {
            LOG.debug("connection {} was idle for {}", connection, limit);
            connection.close();
        }
    }

    private boolean isNeeded(PeerId peer) {
        return uses.stream().anyMatch(use -> use.needs(peer));
    }
}
