package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.yamux.WindowBudget;

import java.util.List;

/// The place of one stream, until whoever uses it has let go, and what it holds.
///
/// Its memory is counted here in what the protocol decides; its connection counts all of it in
/// connection, peer and system.
public final class StreamScope implements WindowBudget, AutoCloseable {
    private final Resources resources;
    private final PeerId peer;
    private final Amount amount;
    private final List<Usage> always;

    // Guarded by `resources`.
    private List<Usage> scopes;
    private long bytes;
    private boolean closed;

    /// @param always the scopes that stay its own, whatever it speaks
    StreamScope(Resources resources, PeerId peer, Amount amount, List<Usage> always) {
        this.resources = resources;
        this.peer = peer;
        this.amount = amount;
        this.always = always;
        this.scopes = resources.unproven(peer);
    }

    /// The stream speaks `name`. Throws when too many do, or when they hold too much.
    public void agreed(String name) throws ResourceLimitException {
        synchronized (resources) {
            if (closed) {
                return;
            }
            var next = resources.agreed(peer, name);
            resources.reserve(amount, next);
            if (bytes > 0 && !resources.reserve(bytes, false, next)) {
                Resources.give(amount, next);
                throw new ResourceLimitException("too much memory of one protocol");
            }
            Resources.give(amount, scopes);
            Resources.give(bytes, scopes);
            scopes = next;
        }
    }

    @Override
    public boolean reserve(long more) {
        return take(more, true);
    }

    @Override
    public boolean hold(long more) {
        return take(more, false);
    }

    private boolean take(long more, boolean growth) {
        synchronized (resources) {
            if (closed || !resources.reserve(more, growth, scopes)) {
                return false;
            }
            bytes += more;
            return true;
        }
    }

    @Override
    public void release(long less) {
        synchronized (resources) {
            Resources.give(less, scopes);
            bytes -= less;
        }
    }

    /// Gives the stream's place back; memory is given back by who holds it.
    @Override
    public void close() {
        synchronized (resources) {
            if (!closed) {
                closed = true;
                Resources.give(amount, scopes);
                Resources.give(amount, always);
            }
        }
    }
}
