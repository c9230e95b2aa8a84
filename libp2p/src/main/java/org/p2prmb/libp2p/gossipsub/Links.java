package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Protocol;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The links to all connected peers that speak GossipSub: hears who comes and goes, and tells the
/// router.
final class Links implements HostListener, PeerLink.Owner {
    private final Host host;
    private final GossipStreams limits;
    private final IpGroups groups;
    private final Consumer<Event> router;
    private final Map<PeerId, PeerLink> links = new ConcurrentHashMap<>();
    private final SendRoom room;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// `router` must miss nothing that it is told; it may wait.
    Links(Host host, GossipConfig config, SendRoom room, Consumer<Event> router) {
        this.host = host;
        this.limits = config.streams();
        this.groups = config.score().colocationGroups();
        this.room = room;
        this.router = router;
        Thread.ofVirtual().name("gossip-stalled").start(this::resetStalled);
    }

    /// Looks now and then for streams on which nothing moves, until [#close].
    private void resetStalled() {
        var pause = limits.writeMax().dividedBy(4).toMillis();
        try {
            while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
                links.values().forEach(PeerLink::resetStalled);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody does that; the thread ends here.
        }
    }

    @Nullable PeerLink find(PeerId peer) {
        return links.get(peer);
    }

    /// The signed record of the connected peer with this binary id; empty when we have none.
    Bytes record(Bytes id) {
        try {
            var link = links.get(PeerId.decode(id));
            return link == null ? Bytes.EMPTY : link.record();
        } catch (ProtocolException e) {
            throw new IllegalArgumentException("no peer id: " + id, e);
        }
    }

    /// The link to the peer of `connection`; the router knows the peer from now on.
    synchronized PeerLink link(Connection connection) {
        var peer = connection.remotePeer();
        var link = links.get(peer);
        if (link == null) {
            link = new PeerLink(peer, host, limits, room, this);
            if (closed.getCount() == 0) {
                link.close();
                return link;
            }
            links.put(peer, link);
            router.accept(new Event.Connected(peer, connection.outbound(), address(connection)));
            link.start();
        }
        return link;
    }

    /// What the peer's address is counted under; a relay's says nothing about who is behind it.
    private Bytes address(Connection connection) {
        var address = connection.remoteAddress();
        return address.has(Protocol.P2P_CIRCUIT)
                ? Bytes.EMPTY
                : address.ip().map(groups::of).orElse(Bytes.EMPTY);
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
        if (limits.protocols().stream().anyMatch(info.protocols()::contains)) {
            link(connection).identified(info.sealedRecord());
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
        closed.countDown();
        links.values().forEach(PeerLink::close);
    }
}
