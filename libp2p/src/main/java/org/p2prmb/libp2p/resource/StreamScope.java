package org.p2prmb.libp2p.resource;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.resource.Resources.PeerProtocol;

/// The place of one stream, until whoever uses it has let go.
public final class StreamScope implements AutoCloseable {
    private final Resources resources;
    private final PeerId peer;
    private final Amount amount;

    // Guarded by `resources`.
    private @Nullable String protocol;
    private boolean closed;

    StreamScope(Resources resources, PeerId peer, Amount amount) {
        this.resources = resources;
        this.peer = peer;
        this.amount = amount;
    }

    /// The stream speaks `name`. Throws when there are too many that do.
    public void agreed(String name) throws ResourceLimitException {
        synchronized (resources) {
            if (closed) {
                return;
            }
            var key = new PeerProtocol(peer, name);
            var all = resources.protocols.of(name);
            var ofPeer = resources.peerProtocols.of(key);
            resources.check(amount, all, ofPeer);
            resources.protocols.add(name, all, amount);
            resources.peerProtocols.add(key, ofPeer, amount);
            resources.unproven.remove(amount);
            protocol = name;
        }
    }

    @Override
    public void close() {
        synchronized (resources) {
            if (closed) {
                return;
            }
            closed = true;
            if (protocol == null) {
                resources.unproven.remove(amount);
            } else {
                resources.protocols.remove(protocol, amount);
                resources.peerProtocols.remove(new PeerProtocol(peer, protocol), amount);
            }
            resources.peers.remove(peer, amount);
            resources.system.remove(amount);
        }
    }
}
