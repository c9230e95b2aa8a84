package org.p2prmb.node;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.NeighbourMachine.Action;
import org.p2prmb.node.NeighbourMachine.Event;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.contacts.ContactsServer;
import org.p2prmb.protocols.search.SearchServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The agents with a live connection to us: joins the network, exchanges contact records with
/// them, and keeps enough of them.
final class Neighbours implements HostListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Neighbours.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);
    private static final int INBOX_MAX = 4_096;
    private static final int RECORDS_ASKED = 16;
    private static final int CANDIDATES_MAX = 256;

    private final Host host;
    private final List<Multiaddr> bootstrap;
    private final ContactBook book;
    private final ContactIntake intake;
    private final ContactsClient client;
    private final OwnRecord own;
    private final InstantSource clock;
    private final Watcher watcher;
    private final Consumer<PeerId> suspect;
    private final Set<PeerId> agents = ConcurrentHashMap.newKeySet();
    private final Set<PeerId> joining = ConcurrentHashMap.newKeySet();
    private final Loop<Event, Action> loop;

    /// Hears of agents that queries may be forwarded to.
    interface Watcher {
        void connected(PeerId peer) throws InterruptedException;

        void disconnected(PeerId peer) throws InterruptedException;
    }

    /// @param suspect hears of known agents that could not be dialled
    /// @param died hears of a failure of our own
    Neighbours(
            Host host,
            List<Multiaddr> bootstrap,
            int wanted,
            ContactBook book,
            ContactIntake intake,
            ContactsClient client,
            OwnRecord own,
            InstantSource clock,
            Watcher watcher,
            Consumer<PeerId> suspect,
            Consumer<Throwable> died) {
        this.host = host;
        this.bootstrap = List.copyOf(bootstrap);
        this.book = book;
        this.intake = intake;
        this.client = client;
        this.own = own;
        this.clock = clock;
        this.watcher = watcher;
        this.suspect = suspect;
        var machine =
                new NeighbourMachine(
                        host.peerId(), NeighbourMachine.Config.of(wanted), new SecureRandom());
        this.loop = Loop.start("neighbours", machine, clock, INBOX_MAX, this::act, died);
    }

    void start() {
        host.listen(this);
    }

    /// The agents connected now.
    List<PeerId> connected() {
        return List.copyOf(agents);
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        var peer = connection.remotePeer();
        var protocols = Set.copyOf(info.protocols());
        try {
            if (protocols.contains(SearchServer.PROTOCOL)) {
                watcher.connected(peer);
            }
            if (protocols.contains(ContactsServer.PROTOCOL) && agents.add(peer)) {
                loop.put(new Event.Connected(peer));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The host is closing.
        }
    }

    @Override
    public void disconnected(Connection connection) {
        var peer = connection.remotePeer();
        if (!host.connections(peer).isEmpty()) {
            return;
        }
        try {
            watcher.disconnected(peer);
            if (agents.remove(peer)) {
                loop.put(new Event.Disconnected(peer));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The host is closing.
        }
    }

    private void act(Action action) {
        switch (action) {
            case Action.JoinBootstrap _ -> bootstrap.forEach(this::join);
            case Action.FindCandidates _ -> Thread.startVirtualThread(this::findCandidates);
            case Action.Dial(var peer) -> Thread.startVirtualThread(() -> dial(peer));
            case Action.Exchange(var peer) -> Thread.startVirtualThread(() -> exchange(peer));
        }
    }

    private void join(Multiaddr address) {
        var peer = address.peer().orElseThrow();
        if (peer.equals(host.peerId()) || !joining.add(peer)) {
            return;
        }
        Thread.startVirtualThread(() -> {
            try {
                host.connect(address, DIAL_LIMIT);
            } catch (IOException e) {
                log.info("bootstrap address {}: {}", address, e.getMessage());
            } finally {
                joining.remove(peer);
            }
        });
    }

    private void findCandidates() {
        var peers =
                book.all(CANDIDATES_MAX).stream()
                        .filter(contact -> !contact.hidden() && !contact.addresses().isEmpty())
                        .map(Contact::peer)
                        .toList();
        loop.offer(new Event.Candidates(peers));
    }

    private void dial(PeerId peer) {
        try {
            var addresses = book.find(peer).map(Contact::addresses).orElse(List.of());
            host.connect(peer, addresses, DIAL_LIMIT);
        } catch (IOException e) {
            log.debug("{} cannot be dialled: {}", peer.shortText(), e.getMessage());
            loop.offer(new Event.DialFailed(peer));
            suspect.accept(peer);
        }
    }

    /// Exchanges records with a neighbour; without effect when it is none.
    void exchange(PeerId peer) {
        var connections = host.connections(peer);
        if (connections.isEmpty()) {
            return;
        }
        var connection = connections.getLast();
        try {
            var records = client.exchange(connection, own.current(), RECORDS_ASKED);
            intake.learn(records, connection);
            book.proofOfLife(peer, clock.instant());
        } catch (IOException e) {
            log.debug("no exchange with {}: {}", peer.shortText(), e.getMessage());
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
