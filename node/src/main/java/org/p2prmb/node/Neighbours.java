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
import org.p2prmb.protocols.statements.SignedContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The agents with a live connection to us: joins the network, exchanges contact records with
/// them, and keeps enough of them.
final class Neighbours implements HostListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Neighbours.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);
    private static final int INBOX_MAX = 4_096;
    private static final int RECORDS_ASKED = 16;
    private static final int CANDIDATES_MAX = 256;

    private final Host host;
    private final FirstAddresses first;
    private final RememberedPeers remembered;
    private final Supplier<Map<PeerId, List<Multiaddr>>> nearby;
    private final ContactBook book;
    private final ContactIntake intake;
    private final ContactsClient client;
    private final OwnRecord own;
    private final Watcher watcher;
    private final Consumer<PeerId> suspect;
    private final Consumer<PeerId> answered;
    private final Consumer<PeerId> met;
    private final Errands errands;
    private final Set<PeerId> agents = Collections.synchronizedSet(new LinkedHashSet<>());

    /// Whose connection is to stay.
    private final Set<PeerId> kept = ConcurrentHashMap.newKeySet();

    private final Set<PeerId> joining = ConcurrentHashMap.newKeySet();

    /// Bootstrap peers whose failure was logged already.
    private final Set<PeerId> unreachable = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean lookingUp = new AtomicBoolean();
    private final Loop<Event, Action> loop;

    /// Hears of agents that queries may be forwarded to.
    interface Watcher {
        void connected(PeerId peer) throws InterruptedException;

        void disconnected(PeerId peer) throws InterruptedException;
    }

    /// @param nearby agents, or others, that are said to be on the local network now
    /// @param suspect hears of known agents that could not be dialled
    /// @param answered hears of those that answered an exchange, when it is in the book
    /// @param met hears of each neighbour whose connection we keep
    /// @param died hears of a failure of our own
    Neighbours(
            Host host,
            FirstAddresses first,
            RememberedPeers remembered,
            Supplier<Map<PeerId, List<Multiaddr>>> nearby,
            int wanted,
            ContactBook book,
            ContactIntake intake,
            ContactsClient client,
            OwnRecord own,
            InstantSource clock,
            Watcher watcher,
            Consumer<PeerId> suspect,
            Consumer<PeerId> answered,
            Consumer<PeerId> met,
            Errands errands,
            Consumer<Throwable> died) {
        this.host = host;
        this.first = first;
        this.remembered = remembered;
        this.nearby = nearby;
        this.book = book;
        this.intake = intake;
        this.client = client;
        this.own = own;
        this.watcher = watcher;
        this.suspect = suspect;
        this.answered = answered;
        this.met = met;
        this.errands = errands;
        var machine =
                new NeighbourMachine(
                        host.peerId(), NeighbourMachine.Config.of(wanted), new SecureRandom());
        this.loop = Loop.start("neighbours", machine, clock, INBOX_MAX, this::act, died);
    }

    /// Joins the network; our host serves its protocols by now.
    void start() {
        host.keepFor(kept::contains);
        host.listen(this);
        loop.offer(new Event.Started());
    }

    /// The agents connected now, those connected for longest first.
    List<PeerId> connected() {
        synchronized (agents) { // As its iteration wants it.
            return List.copyOf(agents);
        }
    }

    /// The agents connected now, in random order, so that everybody is told of everybody in time.
    List<PeerId> recommended() {
        var peers = new ArrayList<>(connected());
        Collections.shuffle(peers);
        return peers;
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        var peer = connection.remotePeer();
        if (!host.connections(peer).contains(connection)) {
            return; // It has gone again, and its going was told before.
        }
        if (connection.limit().limits()) {
            return; // The relay will end it.
        }
        try {
            if (info.protocols().contains(SearchServer.PROTOCOL)) {
                watcher.connected(peer);
            }
            if (!info.protocols().contains(ContactsServer.PROTOCOL)) {
                dismiss(connection);
            } else if (agents.add(peer)) {
                loop.put(new Event.Connected(peer, connection.outbound()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The host is closing.
        }
    }

    /// Other programs of libp2p answer on the local network as well: we hang up on those that we
    /// only called because of that.
    private void dismiss(Connection connection) throws InterruptedException {
        var peer = connection.remotePeer();
        if (connection.outbound()
                && !first.peers().containsKey(peer)
                && nearby.get().containsKey(peer)) {
            connection.close();
            loop.put(new Event.DialFailed(peer));
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
            case Action.JoinBootstrap _ -> join();
            case Action.FindCandidates _ -> errands.start(this::findCandidates);
            // One that is left out is given up by the machine after a while.
            case Action.Dial(var peer) -> errands.start(() -> dial(peer));
            case Action.Exchange(var peer) -> errands.start(() -> exchange(peer));
            case Action.Keep(var peer) -> {
                kept.add(peer);
                met.accept(peer);
            }
            case Action.Drop(var peer) -> kept.remove(peer);
        }
    }

    private void join() {
        first.peers().forEach(this::join);
        if (first.hasDomains() && lookingUp.compareAndSet(false, true)) {
            var started =
                    errands.start(() -> {
                        try {
                            first.ofDomains().forEach(this::join);
                        } finally {
                            lookingUp.set(false);
                        }
                    });
            if (!started) {
                lookingUp.set(false);
            }
        }
    }

    private void join(PeerId peer, List<Multiaddr> addresses) {
        if (!peer.equals(host.peerId()) && joining.add(peer)) {
            var started = errands.start(() -> joined(peer, addresses));
            if (!started) {
                joining.remove(peer);
            }
        }
    }

    private void joined(PeerId peer, List<Multiaddr> addresses) {
        try {
            host.connect(peer, addresses, DIAL_LIMIT);
            unreachable.remove(peer);
        } catch (IOException e) {
            if (unreachable.add(peer)) {
                log.info("bootstrap: {}", e.getMessage());
            }
        } finally {
            joining.remove(peer);
        }
    }

    private void findCandidates() throws InterruptedException {
        var believedAlive = new LinkedHashSet<PeerId>();
        var believedDead = new LinkedHashSet<PeerId>();
        for (var contact : book.all(CANDIDATES_MAX)) {
            if (contact.addresses().stream().anyMatch(address -> !address.isCircuit())) {
                (contact.hidden() ? believedDead : believedAlive).add(contact.peer());
            }
        }
        for (var peer : remembered.all().keySet()) {
            if (!believedDead.contains(peer)) {
                believedAlive.add(peer);
            }
        }
        // Even one that we believe dead: it has just been heard.
        believedAlive.addAll(nearby.get().keySet());
        believedDead.removeAll(believedAlive);
        loop.put(new Event.Candidates(List.copyOf(believedAlive), List.copyOf(believedDead)));
    }

    private void dial(PeerId peer) throws InterruptedException {
        var contact = book.find(peer);
        try {
            var addresses = new LinkedHashSet<Multiaddr>();
            contact.map(Contact::addresses).ifPresent(addresses::addAll);
            addresses.addAll(remembered.all().getOrDefault(peer, List.of()));
            addresses.addAll(nearby.get().getOrDefault(peer, List.of()));
            addresses.removeIf(Multiaddr::isCircuit); // Neighbours last longer than circuits.
            host.connect(peer, List.copyOf(addresses), DIAL_LIMIT);
        } catch (IOException e) {
            log.debug("{} cannot be dialled: {}", peer.shortText(), e.getMessage());
            loop.put(new Event.DialFailed(peer));
            if (contact.isPresent()) {
                suspect.accept(peer);
            }
        }
    }

    /// Writes down where this neighbour is, for the next start: first where we reached it.
    private void remember(Connection connection, SignedContact contact) {
        var addresses = new LinkedHashSet<Multiaddr>();
        if (connection.outbound()) {
            addresses.add(connection.remoteAddress());
        }
        addresses.addAll(contact.record().addresses());
        addresses.removeIf(Multiaddr::isCircuit);
        if (!addresses.isEmpty()) {
            remembered.note(contact.peer(), List.copyOf(addresses), connection.outbound());
        }
    }

    /// Exchanges records with a neighbour, and returns its newest own one; nothing when it is no
    /// neighbour or does not answer.
    Optional<SignedContact> exchange(PeerId peer) {
        var connections = host.connections(peer);
        if (connections.isEmpty()) {
            return Optional.empty();
        }
        var connection = connections.getLast();
        try {
            var records = client.exchange(connection, own.current(), RECORDS_ASKED);
            intake.learn(records, connection);
            answered.accept(peer);
            remember(connection, records.getFirst());
            return Optional.of(records.getFirst());
        } catch (IOException e) {
            log.debug("no exchange with {}: {}", peer.shortText(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
