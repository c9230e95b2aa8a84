package org.p2prmb.discovery.mdns;

import org.p2prmb.discovery.mdns.MdnsMachine.Action;
import org.p2prmb.discovery.mdns.MdnsMachine.Event;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.channels.ClosedChannelException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Discovery at one site: its socket, the thread that reads it, and the loop of its machine.
final class SiteSession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SiteSession.class);
    private static final int INBOX_MAX = 256;

    private final Site site;
    private final MdnsSocket socket;
    private final Consumer<Throwable> died;
    private final Loop<Event, Action> loop;

    /// As many as the machine keeps.
    private final Map<PeerId, List<Multiaddr>> found = new ConcurrentHashMap<>();

    private SiteSession(
            Site site,
            MdnsSocket socket,
            PeerId self,
            InstantSource clock,
            Consumer<Throwable> died) {
        this.site = site;
        this.socket = socket;
        this.died = died;
        var config = MdnsConfig.defaults();
        var machine = new MdnsMachine(self, site.own(), site.link(), config, new SecureRandom());
        this.loop = Loop.start("mdns " + site, machine, clock, INBOX_MAX, this::act, died);
    }

    static SiteSession open(Site site, PeerId self, InstantSource clock, Consumer<Throwable> died)
            throws IOException {
        var network = NetworkInterface.getByName(site.link().name());
        if (network == null) {
            throw new IOException("the interface is gone");
        }
        var socket = MdnsSocket.open(network, site.family());
        var session = new SiteSession(site, socket, self, clock, died);
        Thread.ofVirtual().name("mdns reader " + site).start(session::read);
        return session;
    }

    Map<PeerId, List<Multiaddr>> found() {
        return found;
    }

    /// False as well when the socket has failed.
    boolean isOpen() {
        return socket.isOpen();
    }

    private void act(Action action) {
        switch (action) {
            case Action.Send(var packet) -> {
                try {
                    socket.send(packet);
                } catch (IOException e) {
                    // As good as lost on the way: the next one is sent in any case.
                    log.debug("mdns cannot send on {}: {}", site, e.getMessage());
                }
            }
            case Action.Found(var peer, var addresses) -> {
                log.debug("mdns on {}: {} at {}", site, peer.shortText(), addresses);
                found.put(peer, addresses);
            }
            case Action.Lost(var peer) -> found.remove(peer);
        }
    }

    private void read() {
        try {
            while (socket.isOpen()) {
                receive();
            }
        } catch (ClosedChannelException _) {
            // Closed by us.
        } catch (IOException e) {
            log.warn("mdns on {} has failed: {}", site, e.getMessage());
        } catch (RuntimeException | Error e) { // Supervisor
            died.accept(e);
        } finally {
            close();
        }
    }

    private void receive() throws IOException {
        var packet = socket.receive();
        if (!site.link().holds(packet.source())) {
            return; // The port is open to all, the service is for the network alone.
        }
        try {
            // One that finds the inbox full is lost; asking and answering go on.
            var _ = loop.offer(new Event.Received(DnsMessage.decode(packet.bytes())));
        } catch (ProtocolException e) {
            log.debug("mdns on {}: {} sent {}", site, packet.source(), e.getMessage());
        }
    }

    @Override
    public void close() {
        loop.close();
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("mdns on {}: {}", site, e.getMessage());
        }
    }
}
