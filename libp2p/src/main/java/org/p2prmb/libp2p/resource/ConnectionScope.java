package org.p2prmb.libp2p.resource;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.yamux.WindowBudget;

import java.util.List;
import java.util.Objects;

/// What one connection holds, from its first byte until it is closed.
public final class ConnectionScope implements WindowBudget, AutoCloseable {
    private final Resources resources;
    private final Amount amount;
    private final List<Bytes> networks;
    private final Usage memory;

    // Guarded by `resources`.
    private @Nullable PeerId peer;
    private boolean closed;

    ConnectionScope(Resources resources, boolean inbound, List<Bytes> networks) {
        this.resources = resources;
        this.amount = Amount.connection(inbound);
        this.networks = networks;
        this.memory = new Usage(ScopeName.CONNECTION, resources.limits.connection());
    }

    /// The connection has proven to be with `proven`. Throws when there are too many with it.
    public void established(PeerId proven) throws ResourceLimitException {
        synchronized (resources) {
            var usage = resources.peers.of(proven);
            resources.check(amount, usage);
            resources.peers.add(proven, usage, amount);
            resources.unproven.remove(amount);
            peer = proven;
        }
    }

    /// Counts a stream on which no protocol is agreed yet; only once this is established. Throws
    /// with the scope that is full.
    public StreamScope stream(boolean inbound) throws ResourceLimitException {
        synchronized (resources) {
            var remote = Objects.requireNonNull(peer, "a stream before the peer is proven");
            var stream = Amount.stream(inbound);
            var usage = resources.peers.of(remote);
            resources.check(stream, resources.system, resources.unproven, usage);
            resources.system.add(stream);
            resources.unproven.add(stream);
            resources.peers.add(remote, usage, stream);
            return new StreamScope(resources, remote, stream);
        }
    }

    @Override
    public boolean reserve(long bytes) {
        synchronized (resources) {
            var remote = Objects.requireNonNull(peer, "memory before the peer is proven");
            var usage = resources.peers.of(remote);
            for (var scope : List.of(memory, usage, resources.system)) {
                if (!scope.fits(bytes)) {
                    resources.count("memory-" + scope.name());
                    return false;
                }
            }
            memory.add(bytes);
            resources.peers.add(remote, usage, bytes);
            resources.system.add(bytes);
            return true;
        }
    }

    @Override
    public void release(long bytes) {
        synchronized (resources) {
            var remote = Objects.requireNonNull(peer, "memory before the peer is proven");
            memory.add(-bytes);
            resources.peers.add(remote, resources.peers.of(remote), -bytes);
            resources.system.add(-bytes);
        }
    }

    /// Gives the connection's place back; its streams and memory are given back by who holds them.
    @Override
    public void close() {
        synchronized (resources) {
            if (closed) {
                return;
            }
            closed = true;
            if (peer == null) {
                resources.unproven.remove(amount);
            } else {
                resources.peers.remove(peer, amount);
            }
            resources.system.remove(amount);
            networks.forEach(network -> resources.networks.remove(network, amount));
        }
    }
}
