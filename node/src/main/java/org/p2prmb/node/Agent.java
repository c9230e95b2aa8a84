package org.p2prmb.node;

import org.p2prmb.discovery.liveness.LivenessConfig;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipListener;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.host.ConnectionLimits;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.TcpListener;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.Commands;
import org.p2prmb.node.handlers.ExecHandler;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.contacts.ContactsServer;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.Header;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.MessageSettings;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;
import org.p2prmb.protocols.message.Uid;
import org.p2prmb.protocols.search.BookLookup;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.search.SearchServer;
import org.p2prmb.protocols.search.SearchService;
import org.p2prmb.protocols.search.SearchSettings;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final InstantSource clock = new MonotonicClock();
    private final Instant started = clock.instant();
    private final SecureRandom random = new SecureRandom();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Store store;
    private final Host host;
    private final GossipSub gossip;
    private final Errands errands = new Errands(this::died);
    private final Handlers handlers = new Handlers();
    private final List<ExecHandler> programs = new ArrayList<>();
    private final Neighbours neighbours;
    private final Liveness liveness;
    private final LivingContacts living;
    private final SearchService search;
    private final Messenger messenger;
    private final Dht dht;
    private final Owners owners;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Agent(AgentConfig config, PublicKey owner, Store store, Host host) {
        this.config = config;
        this.owner = owner;
        this.store = store;
        this.host = host;
        var keys = host.keys();
        var client = new MessageClient(keys, clock);
        registerHandlers(client); // First, because a configured one may have an impossible name.
        this.gossip = GossipSub.start(host, GossipConfig.defaults(), new Supervisor());
        var book = store.contacts();
        var own = new OwnRecord(host, owner, config.offerings(), store.sequences(), clock);
        var intake = new ContactIntake(host.peerId(), book, clock);
        var contacts = new ContactsClient(clock);
        this.liveness =
                new Liveness(
                        host,
                        book,
                        own,
                        store.sequences(),
                        clock,
                        LivenessConfig.of(config.imAliveInterval()).withoutWatchers(),
                        this::exchange,
                        errands,
                        this::died);
        this.living = new LivingContacts(book, liveness, clock);
        this.search =
                new SearchService(
                        host.peerId(),
                        SearchSettings.defaults(),
                        new BookLookup(own::current, book, living::living, clock),
                        intake,
                        contacts,
                        this::connection,
                        clock,
                        random,
                        this::died);
        this.neighbours =
                new Neighbours(
                        host,
                        config.bootstrap(),
                        config.neighboursMax(),
                        book,
                        intake,
                        contacts,
                        own,
                        clock,
                        new SearchNeighbours(search),
                        liveness::suspect,
                        liveness::answered,
                        errands,
                        this::died);
        this.messenger = new Messenger(host, book, client, neighbours::exchange, clock);
        this.dht = Dht.start(host, config, store.kadPeers(), clock, errands, this::died);
        this.owners = new Owners(host, store.owners(), book, contacts, this::neighbours, dht);
        host.handle(
                ContactsServer.PROTOCOL,
                new ContactsServer(
                        own::current, this::neighbours, book, store.owners(), intake, clock));
        host.handle(SearchServer.PROTOCOL, new SearchServer(search));
        host.handle(
                MessageServer.PROTOCOL,
                new MessageServer(
                        keys,
                        own::sealingKeys,
                        new Access(Set.of(owner), store.owners()),
                        handlers,
                        store.uids(),
                        clock,
                        // Handlers have limits of their own, and a call ends with its message.
                        MessageSettings.defaults().withHandlerLimit(Header.EXPIRATION_MAX)));
        liveness.start();
        neighbours.start();
        owners.publish(owner);
    }

    /// Starts an agent whose store is in `data`. The agent obeys `owner`.
    ///
    /// Throws [IOException] when it cannot listen, [UserException] when a configured handler has
    /// the name of a built-in one, and what [Store#open] throws.
    public static Agent start(AgentConfig config, KeyPair keys, PublicKey owner, Path data)
            throws IOException {
        var store = Store.open(data, StoreConfig.defaults());
        Host host = null;
        Agent agent = null;
        try {
            host = TcpHost.start(hostConfig(config, keys));
            agent = new Agent(config, owner, store, host);
            return agent;
        } finally {
            if (agent == null) {
                if (host != null) {
                    host.close();
                }
                store.close();
            }
        }
    }

    private static HostConfig hostConfig(AgentConfig config, KeyPair keys) {
        var limits = ConnectionLimits.defaults();
        var total = config.connectionsMax();
        return HostConfig.defaults(keys)
                .withListen(listen(config))
                .withLimits(
                        new ConnectionLimits(
                                total,
                                total - total / 4,
                                limits.pendingInboundMax(),
                                limits.perPeerMax(),
                                limits.perAddressMax(),
                                config.exemptLoopback(),
                                limits.dialsMax()));
    }

    /// The default is to listen everywhere, which on a machine without IPv6 is IPv4 alone.
    private static List<Multiaddr> listen(AgentConfig config) {
        var everywhere = AgentConfig.defaults().listen();
        return config.listen().equals(everywhere) && !TcpListener.hasIpv6()
                ? everywhere.subList(0, 1)
                : config.listen();
    }

    private void registerHandlers(MessageClient client) {
        var commands = new AgentCommands(this).all();
        Commands.register(handlers, commands);
        handlers.register(
                "echo",
                AccessRule.ANYONE,
                call -> new Answer.Result(call.schema(), call.payload()));
        var listeners = new ShellListeners(handlers, client, clock);
        host.listen(listeners);
        Map<String, Command> listening = Map.of("handlers.listen", listeners::listen);
        Commands.register(handlers, listening);
        for (var handler : config.handlers()) {
            if (handlers.find(handler.command()).isPresent()) {
                throw new UserException(
                        "%s is a command of the agent itself: give the handler another name"
                                .formatted(handler.command()));
            }
            programs.add(Commands.register(handlers, handler, commands, host.keys()));
        }
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
        return handlers;
    }

    /// The agents connected now.
    public List<PeerId> neighbours() {
        return neighbours.connected();
    }

    public Duration uptime() {
        return Duration.between(started, clock.instant());
    }

    /// The version in the jar's manifest.
    public static String version() {
        return Optional.ofNullable(Agent.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /// Completes when a part of the agent has died of its own fault.
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    /// Searches the network through the neighbours.
    ///
    /// @param hops how far the query may travel
    public SearchAnswer find(SearchCondition condition, int hops, int resultsMax, Duration patience)
            throws InterruptedException {
        return search.find(condition, hops, resultsMax, patience);
    }

    /// A sent request and what became of it.
    public record Sent(Uid uid, Outcome outcome) {}

    /// Sends a request to another agent and waits for its answer, at most `patience`.
    ///
    /// Throws `IllegalArgumentException` when the command, schema or payload breaks the rules.
    public Sent send(
            PeerId to, String command, String schema, Bytes payload, Duration patience, String tags)
            throws InterruptedException {
        var request =
                Request.to(to, command, payload, random)
                        .ofSchema(schema)
                        .expiringAfter(patience)
                        .tagged(tags);
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

    /// A contact, and whether it gave a proof of life within the last minute.
    public record Listed(Contact contact, boolean alive) {}

    /// The contacts that are not believed dead, best first; the silent ones are asked for a sign
    /// of life before.
    public List<Listed> verifiedContacts(int max) throws InterruptedException {
        return living.list(max);
    }

    private Optional<Connection> connection(PeerId peer) {
        var open = host.connections(peer);
        return open.isEmpty() ? Optional.empty() : Optional.of(open.getLast());
    }

    private void exchange(PeerId peer) {
        neighbours.exchange(peer);
    }

    private void died(Throwable cause) {
        // What fails because we close is no failure.
        if (!closed.get() && failure.complete(cause)) {
            log.error("a part of the agent has died", cause);
        }
    }

    private final class Supervisor implements GossipListener {
        @Override
        public void died(Throwable cause) {
            Agent.this.died(cause);
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
                errands) {
            neighbours.close();
            messenger.close();
            programs.forEach(ExecHandler::close);
            search.close();
            dht.close();
            gossip.close();
            disconnect.run();
            liveness.close();
        }
    }
}
