package org.p2prmb.node;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.mdns.Mdns;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What is said on the local networks about who is there; nothing unless we are to listen to it.
final class LocalNetwork implements AutoCloseable {
    private final boolean wanted;
    private volatile @Nullable Mdns mdns;

    /// @param wanted whether we look for others, and tell of ourselves
    LocalNetwork(boolean wanted) {
        this.wanted = wanted;
    }

    /// Begins; `host` serves its protocols by now, or those who hear of us would find nothing.
    void start(Host host, InstantSource clock, Consumer<Throwable> died) {
        if (wanted) {
            mdns = Mdns.start(host.peerId(), host::listenAddresses, clock, died);
        }
    }

    /// Peers that may be agents, and addresses that may be theirs.
    Map<PeerId, List<Multiaddr>> peers() {
        var started = mdns;
        return started == null ? Map.of() : started.discovered();
    }

    @Override
    public void close() {
        var started = mdns;
        if (started != null) {
            started.close();
        }
    }
}
