package org.p2prmb.libp2p.resource;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.yamux.WindowBudget;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What one connection holds, from its first byte until it is closed.
public final class ConnectionScope implements WindowBudget, AutoCloseable {
    private final Resources resources;
    private final Amount amount;
    private final Usage memory;

    /// Those of the connection, but for the one that its peer decides.
    private final List<Usage> scopes;

    // Guarded by `resources`.
    private @Nullable Proven proven;
    private boolean closed;

    /// Whom the connection is with, the scope of that, and where memory and streams are counted.
    private record Proven(PeerId peer, Usage scope, List<Usage> ofMemory, List<Usage> ofStreams) {}

    ConnectionScope(Resources resources, Amount amount, List<Usage> scopes) {
        this.resources = resources;
        this.amount = amount;
        this.scopes = List.copyOf(scopes);
        this.memory = new Usage(ScopeName.CONNECTION, resources.limits.connection());
    }

    /// The connection has proven to be with `peer`. Throws when there are too many with it.
    public void established(PeerId peer) throws ResourceLimitException {
        synchronized (resources) {
            var scope = resources.peers.of(peer);
            resources.reserve(amount, List.of(scope));
            resources.unproven.remove(amount);
            proven =
                    new Proven(
                            peer,
                            scope,
                            List.of(memory, scope, resources.system),
                            List.of(resources.system, scope));
        }
    }

    private Proven proven() {
        return Objects.requireNonNull(proven, "used before the peer is proven");
    }

    /// Counts a stream on which no protocol is agreed yet; only once this is established. Throws
    /// with the scope that is full.
    public StreamScope stream(boolean inbound) throws ResourceLimitException {
        synchronized (resources) {
            var remote = proven();
            if (closed) {
                throw new ResourceLimitException("the connection is closed");
            }
            var stream = Amount.stream(inbound);
            var scopes = new ArrayList<>(remote.ofStreams());
            scopes.addAll(resources.unproven(remote.peer()));
            resources.reserve(stream, scopes);
            return new StreamScope(resources, remote.peer(), stream, remote.ofStreams());
        }
    }

    @Override
    public boolean reserve(long bytes) {
        return take(bytes, true);
    }

    @Override
    public boolean hold(long bytes) {
        return take(bytes, false);
    }

    private boolean take(long bytes, boolean growth) {
        synchronized (resources) {
            var remote = proven();
            return !closed && resources.reserve(bytes, growth, remote.ofMemory());
        }
    }

    @Override
    public void release(long bytes) {
        synchronized (resources) {
            Resources.give(bytes, proven().ofMemory());
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
            var remote = proven;
            var last = remote == null ? resources.unproven : remote.scope();
            last.remove(amount);
            Resources.give(amount, scopes);
        }
    }
}
