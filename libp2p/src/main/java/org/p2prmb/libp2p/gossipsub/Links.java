package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The links to all connected peers that speak GossipSub: hears who comes and goes, and tells the
/// router.
final class Links implements HostListener, PeerLink.Owner {
    private final Host host;
    private final GossipConfig.Streams limits;
    private final Consumer<Event> router;
    private final Map<PeerId, PeerLink> links = new ConcurrentHashMap<>();
    private boolean closed;

    /// `router` must miss nothing that it is told; it may wait.
    Links(Host host, GossipConfig.Streams limits, Consumer<Event> router) {
        this.host = host;
        this.limits = limits;
        this.router = router;
    }

    @Nullable PeerLink find(PeerId peer) {
        return links.get(peer);
    }

    /// The link to the peer of `connection`; the router knows the peer from now on.
    synchronized PeerLink link(Connection connection) {
        var peer = connection.remotePeer();
        var link = links.get(peer);
        if (link == null) {
            link = new PeerLink(peer, host, limits, this);
            if (closed) {
                link.close();
                return link;
            }
            links.put(peer, link);
            router.accept(new Event.Connected(peer, connection.outbound(), address(connection)));
            link.start();
        }
        return link;
    }

    /// Loopback is shared by all tests and says nothing about who is behind it.
    private static Bytes address(Connection connection) {
        return connection
                .remoteAddress()
                .ip()
                .filter(ip -> !ip.isLoopbackAddress())
                .map(InetAddress::getAddress)
                .map(Bytes::copyOf)
                .orElse(Bytes.EMPTY);
    }

    @Override
    public void agreed(PeerLink link, GossipVersion version) {
        router.accept(new Event.Agreed(link.peer(), version));
    }

    @Override
    public void reopened(PeerLink link) {
        router.accept(new Event.Reopened(link.peer()));
    }

    @Override
    public synchronized void lost(PeerLink link) {
        if (links.remove(link.peer(), link)) {
            link.close();
            router.accept(new Event.Disconnected(link.peer()));
        }
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        if (GossipSub.PROTOCOLS.stream().anyMatch(info.protocols()::contains)) {
            link(connection);
        }
    }

    @Override
    public void disconnected(Connection connection) {
        var link = links.get(connection.remotePeer());
        if (link != null && host.connections(connection.remotePeer()).isEmpty()) {
            lost(link);
        }
    }

    synchronized void close() {
        closed = true;
        links.values().forEach(PeerLink::close);
    }
}
