package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.StreamMeter;
import org.p2prmb.libp2p.gossipsub.GossipListener;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.AddressLookup;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.libp2p.transport.SystemResolver;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.contacts.ContactsServer;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Uid;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// A running node: one key, its owner, its neighbours and contacts, and the commands it obeys.
///
/// Everything is put together here and nowhere else. Closing it leaves the network in an orderly
/// way; a failure of its own completes [#failure], and then the process should end.
public final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final AgentConfig config;
    private final PublicKey owner;
    private final InstantSource clock;
    private final Instant started;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final StreamMeter aliveBytes = new StreamMeter();
    private final StreamMeter contactsBytes = new StreamMeter();
    private final Store store;
    private final Trade trade;
    private final TcpHost host;
    private final AgentWatch watch;
    private final RememberedPeers remembered;
    private final GossipSub gossip;
    private final Errands errands = new Errands(this::died);
    private final AgentHandlers handlers;
    private final LocalNetwork local;
    private final Neighbours neighbours;
    private final Liveness liveness;
    private final LivingContacts living;
    private final AgentSearch search;
    private final Messenger messenger;
    private final Dht dht;
    private final Owners owners;
    private final Reputation reputation;
    private final Reach reach;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// Begins with [#begin].
    Agent(AgentConfig config, PublicKey owner, Premises premises, Resolver resolver) {
        this.config = config;
        this.owner = owner;
        this.clock = premises.clock();
        this.started = clock.instant();
        this.store = premises.store();
        this.trade = premises.trade();
        this.host = premises.host();
        this.remembered = premises.remembered();
        var keys = host.keys();
        var client = new MessageClient(keys, clock);
        // First, because a configured one may have an impossible name.
        this.handlers = new AgentHandlers(this, host, client, clock);
        this.gossip =
                GossipSub.start(
                        host, HostSettings.gossip(config), GossipListener.ofDeath(this::died));
        var book = store.contacts();
        var profile = new Profile(premises.data(), config.offerings());
        var own = new OwnRecord(host, owner, profile::offerings, store.sequences(), clock);
        var intake = new ContactIntake(host.peerId(), book, clock);
        var contacts = new ContactsClient(clock, contactsBytes);
        this.dht = Dht.start(host, config, store.kadPeers(), clock, errands, this::died);
        this.liveness =
                new Liveness(
                        new Liveness.Surroundings(
                                host,
                                book,
                                own,
                                intake,
                                store.sequences(),
                                clock,
                                this::neighbours,
                                dht::closest,
                                this::exchange,
                                aliveBytes,
                                errands,
                                this::died),
                        Liveness.Bounds.of(config));
        this.living = new LivingContacts(book, liveness, clock);
        this.reputation = AgentReputation.start(this, store, intake, dht, clock, errands);
        host.keepFor(new ValuedPeers(owner.peerId(), reputation::score));
        this.search =
                new AgentSearch(
                        new AgentSearch.Parts(
                                host,
                                profile,
                                own,
                                book,
                                intake,
                                contacts,
                                liveness,
                                living,
                                dht,
                                reputation::score,
                                clock),
                        this::tellNeighbours,
                        this::died);
        this.local = new LocalNetwork(config.mdns());
        var first = new FirstAddresses(config.bootstrap(), new AddressLookup(resolver));
        this.neighbours =
                new Neighbours(
                        host,
                        first,
                        remembered,
                        local::peers,
                        config.neighboursMax(),
                        book,
                        intake,
                        contacts,
                        own,
                        clock,
                        search.neighbours(),
                        liveness::suspect,
                        liveness::answered,
                        liveness::met,
                        errands,
                        this::died);
        this.messenger = new Messenger(host, book, client, neighbours::exchange, clock);
        this.owners = new Owners(host, store.owners(), book, contacts, this::neighbours, dht);
        host.handle(
                ContactsServer.PROTOCOL,
                contactsBytes.count(
                        new ContactsServer(
                                own::current,
                                neighbours::recommended,
                                book,
                                store.owners(),
                                intake,
                                clock)));
        search.serve(host);
        var access = new Access(Set.of(owner), store.owners());
        var messages = handlers.serve(host, own, access, store.uids());
        this.reach = Reach.start(host, config, clock, this::tellNeighbours, this::died);
        this.watch =
                new AgentWatch(
                        this,
                        host,
                        store,
                        new AgentWatch.Counts(messenger.outcomes(), messages.answered()),
                        dht::tableSize,
                        !first.isEmpty());
        Doorkeeper.serve(host, config, clock);
        trade.join(this, errands);
        liveness.start();
        local.start(host, clock, this::died);
        neighbours.start();
        owners.publish(owner);
    }

    /// Starts an agent whose store is in `data`. The agent obeys `owner`.
    ///
    /// Throws [IOException] when it cannot listen, [UserException] when a configured handler has
    /// the name of a built-in one, and what [Store#open] throws.
    public static Agent start(AgentConfig config, KeyPair keys, PublicKey owner, Path data)
            throws IOException {
        return start(config, keys, owner, data, Chains.none(new MonotonicClock()));
    }

    /// As the other `start`, with coins.
    ///
    /// @param chains belong to the agent from now on, also when it does not start
    public static Agent start(
            AgentConfig config, KeyPair keys, PublicKey owner, Path data, Chains chains)
            throws IOException {
        return Premises.start(config, keys, owner, data, chains, new SystemResolver());
    }

    /// Watches over itself from now on, and shows it.
    void begin() throws IOException {
        // Not on the store's own threads, which whoever closes the agent waits for.
        var _ = store.failure().thenAcceptAsync(this::died);
        watch.start(config.operator().metrics());
    }

    public PeerId peerId() {
        return host.peerId();
    }

    public PublicKey owner() {
        return owner;
    }

    public AgentConfig config() {
        return config;
    }

    /// Where it listens, without `/p2p`.
    public List<Multiaddr> addresses() {
        return host.listenAddresses();
    }

    public Host host() {
        return host;
    }

    public GossipSub gossip() {
        return gossip;
    }

    public ContactBook contacts() {
        return store.contacts();
    }

    public Handlers handlers() {
        return handlers.all();
    }

    /// Where others are told to reach it, without `/p2p`.
    public List<Multiaddr> announced() {
        return host.announcedAddresses();
    }

    /// Where it shows its metrics, the port resolved.
    public Optional<InetSocketAddress> metricsAddress() {
        return watch.address();
    }

    /// The agents connected now.
    public List<PeerId> neighbours() {
        return neighbours.connected();
    }

    public Reputation reputation() {
        return reputation;
    }

    public Duration uptime() {
        return Duration.between(started, clock.instant());
    }

    /// Completes when a part of the agent has died of its own fault.
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    /// Searches the network through the neighbours, and no farther than `hops`.
    public SearchAnswer find(SearchCondition condition, int hops, int resultsMax, Duration patience)
            throws InterruptedException {
        return search.find(condition, hops, resultsMax, patience, _ -> {});
    }

    /// Its part in the exchange.
    Trade trade() {
        return trade;
    }

    /// Its part in searches, and what it offers.
    AgentSearch search() {
        return search;
    }

    /// A sent request and what became of it.
    public record Sent(Uid uid, Outcome outcome) {}

    /// Sends a request to another agent and waits for its answer, at most `patience`.
    ///
    /// Throws `IllegalArgumentException` when the command, schema or payload breaks the rules.
    public Sent send(
            PeerId to, String command, String schema, Bytes payload, Duration patience, String tags)
            throws InterruptedException {
        var request = messenger.request(to, command, schema, payload, patience, tags);
        return new Sent(request.uid(), messenger.send(request));
    }

    /// The agent that serves this owner, if we or somebody whom we know can tell.
    public Optional<PeerId> agentOf(PublicKey wanted) {
        return wanted.equals(owner) ? Optional.of(peerId()) : owners.agentOf(wanted);
    }

    /// Serves this signed owner record to whoever asks; returns whether it is the newest.
    ///
    /// Throws [ProtocolException] when it is not valid or does not list this agent.
    public boolean serveOwner(Bytes ownerRecord) throws ProtocolException {
        return owners.serve(ownerRecord);
    }

    /// The contacts believed alive, best first; the silent are asked for a sign of life before.
    public List<LivingContact> verifiedContacts(int max) throws InterruptedException {
        return living.list(max);
    }

    /// The contacts whose death we want to hear of.
    public Set<PeerId> hotContacts() {
        return liveness.hotContacts();
    }

    /// What it has cost to know who lives.
    public LivenessBytes livenessBytes() {
        return new LivenessBytes(aliveBytes.total(), contactsBytes.total());
    }

    /// Our contact record says something else.
    private void tellNeighbours() {
        neighbours().forEach(peer -> errands.start(() -> exchange(peer)));
    }

    private void exchange(PeerId peer) {
        neighbours.exchange(peer);
    }

    void died(Throwable cause) {
        // What fails because we close is no failure.
        if (!closed.get() && failure.complete(cause)) {
            log.error("a part of the agent has died", cause);
        }
    }

    /// Tells the neighbours that we leave, then stops.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            neighbours.close(); // Or it would dial those who hang up.
            messenger.close(); // Or a command in work would keep the host from closing.
            liveness.leave();
            stop(host::close);
        }
    }

    /// Ends without a word to anybody, as a crash would; for demonstrations and tests.
    public void abort() {
        if (closed.compareAndSet(false, true)) {
            host.abort();
            stop(() -> {});
        }
    }

    private void stop(Runnable disconnect) {
        try (store;
                trade;
                remembered;
                errands;
                reach;
                watch) {
            local.close();
            neighbours.close();
            messenger.close();
            handlers.close();
            search.close();
            reputation.close();
            dht.close();
            gossip.close();
            disconnect.run();
            liveness.close();
        }
    }
}
