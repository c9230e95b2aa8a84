package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.ping.Ping;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.search.SearchNetwork;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// What the search sees of the agent's connections, contacts and DHT.
///
/// Safe for many threads.
final class AgentNetwork implements SearchNetwork {
    private static final Logger log = LoggerFactory.getLogger(AgentNetwork.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(2);
    private static final Duration PING_LIMIT = Duration.ofSeconds(2);

    /// How the key of a multihash of SHA-256 begins.
    private static final Bytes MULTIHASH = Bytes.hex("1220");

    /// The best contacts, of whose tags the filter tells.
    private static final int CONTACTS_TOLD_MAX = 1_000;

    /// Agents that only our owner asked for; of more we forget it, the oldest first.
    private static final int SECRETS_MAX = 4_096;

    private static final int PROVIDERS_MAX = 1_024;

    private final Host host;
    private final ContactBook book;
    private final Dht dht;
    private final Liveness liveness;
    private final Supplier<List<Offering>> offerings;
    private final InstantSource clock;
    private final Map<PeerId, CompletableFuture<Boolean>> pinged = new ConcurrentHashMap<>();
    private final Set<PeerId> secrets = new LinkedHashSet<>();

    /// Where the DHT says that providers are.
    private final Map<PeerId, List<Multiaddr>> provided = new LinkedHashMap<>();

    AgentNetwork(
            Host host,
            ContactBook book,
            Dht dht,
            Liveness liveness,
            Supplier<List<Offering>> offerings,
            InstantSource clock) {
        this.host = host;
        this.book = book;
        this.dht = dht;
        this.liveness = liveness;
        this.offerings = offerings;
        this.clock = clock;
    }

    /// The key of a tag in the DHT.
    static Bytes providerKey(Bytes tagKey) {
        return MULTIHASH.concat(tagKey);
    }

    @Override
    public Optional<Connection> connection(PeerId peer) {
        var open = host.connections(peer);
        return open.isEmpty() ? Optional.empty() : Optional.of(open.getLast());
    }

    @Override
    public Optional<Connection> reach(PeerId peer) {
        var addresses = new LinkedHashSet<Multiaddr>();
        book.find(peer).map(Contact::addresses).ifPresent(addresses::addAll);
        synchronized (this) {
            addresses.addAll(provided.getOrDefault(peer, List.of()));
        }
        return dial(peer, List.copyOf(addresses));
    }

    private Optional<Connection> dial(PeerId peer, List<Multiaddr> addresses) {
        try {
            return addresses.isEmpty()
                    ? Optional.empty()
                    : Optional.of(host.connect(peer, addresses, DIAL_LIMIT));
        } catch (IOException e) {
            log.debug("{} cannot be reached: {}", peer.shortText(), e.getMessage());
            liveness.unreached(peer);
            return Optional.empty();
        }
    }

    @Override
    public boolean isAlive(SignedContact record, PeerId toldBy) {
        var peer = record.peer();
        var open = connection(peer);
        var alive = open.isPresent() ? pings(open.get()) : isReached(record, toldBy);
        if (alive) {
            liveness.answered(peer);
            liveness.handedOut(peer);
        } else {
            liveness.suspect(peer); // It is hidden if it stays silent.
        }
        return alive;
    }

    /// Whoever asks while another does waits for the same answer: a peer serves few pings at a
    /// time, and one that it refuses would tell of a death.
    private boolean pings(Connection connection) {
        var ours = new CompletableFuture<Boolean>();
        var others = pinged.putIfAbsent(connection.remotePeer(), ours);
        if (others != null) {
            return others.join();
        }
        try {
            Ping.measure(connection, 1, PING_LIMIT);
            ours.complete(true);
        } catch (IOException e) {
            log.debug("{} gives no sign of life", connection.remotePeer().shortText(), e);
        } finally {
            pinged.remove(connection.remotePeer());
            ours.complete(false);
        }
        return ours.join();
    }

    /// The handshake proves that it lives.
    private boolean isReached(SignedContact record, PeerId toldBy) {
        var peer = record.peer();
        var addresses = new LinkedHashSet<Multiaddr>();
        book.find(peer).map(Contact::addresses).ifPresent(addresses::addAll);
        connection(toldBy)
                .map(ContactIntake::scope)
                .map(scope -> ContactIntake.contact(record, scope, clock.instant()).addresses())
                .ifPresent(addresses::addAll);
        return dial(peer, List.copyOf(addresses)).isPresent();
    }

    @Override
    public List<PeerId> providers(Bytes tagKey, int max) throws InterruptedException {
        var found = dht.providers(providerKey(tagKey), max);
        synchronized (this) {
            found.forEach((peer, addresses) -> {
                provided.remove(peer);
                provided.put(peer, addresses);
            });
            var oldest = provided.keySet().iterator();
            while (provided.size() > PROVIDERS_MAX) {
                oldest.next();
                oldest.remove();
            }
        }
        return List.copyOf(found.keySet());
    }

    @Override
    public List<String> tags() {
        var tags = new LinkedHashSet<String>();
        offerings.get().forEach(offering -> tags.add(offering.tag()));
        var contacts = new ArrayList<>(book.all(CONTACTS_TOLD_MAX));
        synchronized (this) {
            contacts.removeIf(contact -> contact.hidden() || secrets.contains(contact.peer()));
        }
        contacts.forEach(contact -> tags.addAll(contact.tags()));
        return List.copyOf(tags);
    }

    @Override
    public synchronized void found(List<PeerId> providers) {
        for (var peer : providers) {
            // Whom we knew before we may tell of, and must, or the change would tell it.
            if (book.find(peer).isEmpty() && secrets.add(peer) && secrets.size() > SECRETS_MAX) {
                var oldest = secrets.iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }
}
