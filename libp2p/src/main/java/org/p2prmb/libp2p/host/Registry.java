package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identify.Identify;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.resource.ConnectionScope;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.RawChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/// Makes connections of authenticated channels and follows each from joining to leaving the host.
final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    private final PeerId self;
    private final Connections connections;
    private final AddressBook addresses;
    private final HostEvents events;
    private final @Nullable Identify identify;
    private final ConnectionSweep sweep;
    private final HostConnection.Shared shared;
    private final AtomicLong serials = new AtomicLong();
    private volatile boolean closed;

    Registry(
            PeerId self,
            Connections connections,
            AddressBook addresses,
            HostEvents events,
            @Nullable Identify identify,
            ConnectionSweep sweep,
            HostConnection.Shared shared) {
        this.self = self;
        this.connections = connections;
        this.addresses = addresses;
        this.events = events;
        this.identify = identify;
        this.sweep = sweep;
        this.shared = shared;
    }

    /// Multiplexes and registers `secure`, which is closed when that fails. On success
    /// `scope` is closed when the connection ends; on failure it stays the caller's.
    HostConnection establish(
            boolean outbound, RawChannel channel, SecureChannel secure, ConnectionScope scope)
            throws IOException {
        HostConnection connection = null;
        var established = false;
        try {
            if (secure.remotePeer().equals(self)) {
                throw new IOException("connected to ourselves");
            }
            scope.established(secure.remotePeer());
            var membership = new Membership(scope);
            connection =
                    new HostConnection(
                            serials.incrementAndGet(),
                            outbound,
                            channel,
                            secure,
                            scope,
                            shared,
                            membership);
            membership.join(connection);
            established = true;
            settle(connection);
            return connection;
        } finally {
            if (!established) {
                secure.close();
                if (connection != null) {
                    connection.dismiss();
                }
            }
        }
    }

    private void settle(HostConnection connection) {
        connection.admit();
        if (closed) {
            connection.close(); // It came too late for the list of those to be closed.
            return;
        }
        if (identify != null) {
            start(connection, () -> identify.ask(connection));
        }
        if (sweep.isDue()) {
            start(connection, sweep::trim);
        }
    }

    private void start(HostConnection connection, Runnable work) {
        try {
            shared.threads().execute(work);
        } catch (RejectedExecutionException _) {
            connection.close(); // We are closing.
        }
    }

    /// Tells connected peers that what we are has changed.
    void pushIdentify() {
        if (identify == null || connections.isEmpty()) {
            return;
        }
        try {
            shared.threads().execute(() -> identify.push(connections.all(), shared.threads()));
        } catch (RejectedExecutionException _) {
            LOG.debug("closing: nobody is told of the change");
        }
    }

    /// Closes every connection that is established from now on.
    @Override
    public void close() {
        closed = true;
    }

    /// One connection's place in the host: joins once, leaves once, in this order.
    private final class Membership implements HostConnection.Owner {
        private final ConnectionScope scope;
        private boolean joined;
        private boolean left;

        Membership(ConnectionScope scope) {
            this.scope = scope;
        }

        synchronized void join(HostConnection connection) throws IOException {
            if (left) {
                throw new IOException("the remote closed the connection at once");
            }
            connections.add(connection);
            addresses.connected(
                    connection.remotePeer(),
                    connection.outbound()
                            ? Optional.of(connection.remoteAddress())
                            : Optional.empty());
            try {
                events.connected(connection);
                joined = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while connecting", e);
            } finally {
                if (!joined) {
                    forget(connection);
                }
            }
        }

        @Override
        public void closed(HostConnection connection, String reason) {
            if (!leave()) {
                return; // It never joined, and who tried that closes the scope.
            }
            forget(connection);
            scope.close();
            if (identify != null) {
                identify.forget(connection);
            }
            events.disconnected(connection);
            LOG.debug("connection {} ended: {}", connection, reason);
        }

        private void forget(HostConnection connection) {
            connections.remove(connection);
            addresses.disconnected(shared.clock().instant(), connection.remotePeer());
        }

        private synchronized boolean leave() {
            left = true;
            return joined;
        }
    }
}
