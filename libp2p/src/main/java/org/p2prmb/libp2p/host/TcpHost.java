package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ConnectionUse;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identify.Identify;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.ping.Ping;
import org.p2prmb.libp2p.resource.ResourceUse;
import org.p2prmb.libp2p.resource.Resources;
import org.p2prmb.libp2p.secure.Security;
import org.p2prmb.libp2p.transport.AddressLookup;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.SystemResolver;
import org.p2prmb.libp2p.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// A [Host] on the transports and securities of its configuration, with Yamux: blocking code on
/// virtual threads.
///
/// It serves ping always, identify unless the configuration says otherwise. A connection is told
/// to the listeners before a stream of it is served.
public final class TcpHost implements Host {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /// Events that a listener may have to hear, and how long a new connection waits for one.
    private static final int EVENTS_MAX = 1024;

    private static final Duration EVENT_PATIENCE = Duration.ofSeconds(5);

    /// How often a host that listens on all of the machine's addresses looks whether they changed.
    private static final Duration ADDRESS_CHECK = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(TcpHost.class);

    private final HostConfig config;
    private final MonotonicClock clock = new MonotonicClock();
    private final Protocols protocols = new Protocols();
    private final Connections connections;
    private final AddressBook addresses = new AddressBook();
    private final HostEvents events = new HostEvents(EVENTS_MAX, EVENT_PATIENCE);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Resources resources;
    private final ExecutorService threads;
    private final ExecutorService dialThreads;
    private final ScheduledThreadPoolExecutor timer;
    private final SystemResolver systemResolver = new SystemResolver();
    private final Upgrader upgrader;
    private final List<Transport> transports;
    private final Listeners listeners;
    private final Calls calls;
    private final @Nullable Identify identify;
    private final ConnectionSweep sweep;
    private final Registry registry;
    private final Reception reception;
    private final Map<FoundAddresses, List<Multiaddr>> found = new ConcurrentSkipListMap<>();

    private TcpHost(HostConfig config) throws IOException {
        this.config = config;
        this.connections = new Connections(peerId());
        this.resources = new Resources(config.limits());
        this.threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("host").factory());
        this.dialThreads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dial").factory());
        this.timer =
                new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("host-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        var pool = new BufferPool();
        this.upgrader = new Upgrader(securities(pool), pool, timer);
        this.transports = new CopyOnWriteArrayList<>(config.transports());
        this.listeners = Listeners.open(config.listen(), transports);
        this.identify = config.identify() ? identify() : null;
        var idle = config.timeouts().idle();
        this.sweep =
                new ConnectionSweep(peerId(), connections, idle, config.limits().marks(), clock);
        this.registry =
                new Registry(peerId(), connections, addresses, events, identify, sweep, shared());
        this.calls = new Calls(connections, addresses, dialer(), resources, registry, clock);
        this.reception =
                new Reception(
                        resources, upgrader, config.timeouts().upgrade(), threads, clock, registry);
    }

    private List<Security> securities(BufferPool pool) {
        var random = new SecureRandom();
        return config.securities().stream()
                .map(kind -> kind.start(config.keys(), random, pool))
                .toList();
    }

    private HostConnection.Shared shared() {
        return new HostConnection.Shared(
                protocols, config.timeouts().negotiation(), config.yamux(), threads, clock);
    }

    private Dialer dialer() {
        var tools =
                new Dialer.Tools(
                        transports,
                        new AddressLookup(
                                Objects.requireNonNullElse(config.namedResolver(), systemResolver)),
                        config.trustedNames(),
                        upgrader,
                        config.timeouts(),
                        dialThreads,
                        clock);
        var dials = config.limits().unproven().all().connectionsOut();
        return new Dialer(tools, listeners::addresses, listeners.scopes(), dials);
    }

    private Identify identify() {
        return new Identify(
                config.keys(),
                config.agentVersion(),
                this::announcedAddresses,
                protocols::names,
                config.timeouts().identify(),
                this::identified);
    }

    private void identified(Connection connection, PeerInfo info) {
        addresses.identified(info);
        events.identified(connection, info);
    }

    /// Listens, and serves what comes, until [#close].
    ///
    /// Throws with the address and the reason when one cannot be listened on.
    public static TcpHost start(HostConfig config) throws IOException {
        var host = new TcpHost(config);
        host.protocols.put(Ping.PROTOCOL, new Ping.Responder());
        host.allowLimited(Ping.PROTOCOL);
        if (host.identify != null) {
            host.allowLimited(Identify.PROTOCOL);
            host.allowLimited(Identify.PUSH_PROTOCOL);
            host.protocols.put(Identify.PROTOCOL, host.identify::serve);
            host.protocols.put(Identify.PUSH_PROTOCOL, host.identify::servePush);
        }
        host.listeners
                .all()
                .forEach(listener -> host.threads.execute(() -> host.reception.serve(listener)));
        if (host.listeners.onWildcard()) {
            host.watchAddresses();
        }
        host.sweepConnections();
        return host;
    }

    private void watchAddresses() {
        var last = new AtomicReference<>(listenAddresses());
        Runnable check =
                () -> {
                    var now = listenAddresses();
                    if (!now.equals(last.getAndSet(now))) {
                        LOG.info("listen addresses are now {}", now);
                        registry.pushIdentify();
                    }
                };
        var pause = ADDRESS_CHECK.toSeconds();
        var _ = timer.scheduleWithFixedDelay(check, pause, pause, TimeUnit.SECONDS);
    }

    private void sweepConnections() {
        var pause = sweep.pause().toNanos();
        var _ = timer.scheduleWithFixedDelay(sweep::sweep, pause, pause, TimeUnit.NANOSECONDS);
    }

    @Override
    public void keepFor(ConnectionUse use) {
        sweep.add(use);
    }

    @Override
    public KeyPair keys() {
        return config.keys();
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return listeners.addresses();
    }

    @Override
    public List<Multiaddr> announcedAddresses() {
        var own = config.announce().isEmpty() ? listenAddresses() : config.announce();
        var others = found.values().stream().flatMap(List::stream);
        return Stream.concat(others, own.stream()).distinct().toList();
    }

    /// Announces `addresses` besides the others, in place of those of this kind before.
    public void announce(FoundAddresses kind, List<Multiaddr> addresses) {
        var now = List.copyOf(addresses);
        if (!now.equals(Objects.requireNonNullElse(found.put(kind, now), List.of()))) {
            registry.pushIdentify();
        }
    }

    @Override
    public void allowLimited(String protocol) {
        protocols.allowLimited(protocol);
    }

    @Override
    public void handle(String protocol, StreamHandler handler) {
        if (protocols.put(protocol, handler)) {
            registry.pushIdentify();
        }
    }

    @Override
    public void unhandle(String protocol) {
        if (protocols.remove(protocol)) {
            registry.pushIdentify();
        }
    }

    @Override
    public Connection connect(PeerId peer, List<Multiaddr> addresses, Duration limit)
            throws IOException {
        if (closed.get()) {
            throw new IOException("this host is closed");
        }
        if (peer.equals(peerId())) {
            throw new IOException("refusing to dial ourselves");
        }
        return calls.connect(peer, addresses, limit);
    }

    @Override
    public Connection connect(Multiaddr address, Duration limit) throws IOException {
        var peer =
                address.peer()
                        .orElseThrow(() ->
                                new IllegalArgumentException("no /p2p at the end of " + address));
        return connect(peer, List.of(address), limit);
    }

    /// From now on also dials what `transport` understands and those before it do not.
    public void addTransport(Transport transport) {
        transports.add(transport);
    }

    /// Takes in a channel that came another way than through a listener, such as over a relay:
    /// counts it by the IP address in its remote address, upgrades it on a thread of its own, and
    /// closes it when that fails.
    public void receive(RawChannel channel) {
        reception.admit(channel);
    }

    @Override
    public List<Connection> connections() {
        return connections.all();
    }

    /// Streams that live on the wire, of all connections.
    public int streams() {
        return connections.every().stream().mapToInt(HostConnection::streams).sum();
    }

    /// Connections that were closed because there were too many.
    public long trimmed() {
        return sweep.trimmed();
    }

    /// What this host holds, and what it has refused.
    public ResourceUse resources() {
        return resources.use();
    }

    @Override
    public List<Connection> connections(PeerId peer) {
        return connections.with(peer);
    }

    @Override
    public void listen(HostListener listener) {
        events.add(listener, identify == null ? Map::of : identify::known);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        var end = System.nanoTime() + CLOSE_LIMIT.toNanos();
        stopConnecting();
        connections.every().forEach(HostConnection::close);
        threads.shutdown();
        try {
            if (!awaitThreads(end)) {
                LOG.warn("something of this host did not end within {}", CLOSE_LIMIT);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        timer.shutdownNow();
    }

    private boolean awaitThreads(long end) throws InterruptedException {
        var gone = connections.awaitNone(left(end));
        var ended = threads.awaitTermination(left(end).toNanos(), TimeUnit.NANOSECONDS);
        events.close();
        var told = events.awaitEnd(left(end));
        return gone && ended && told;
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    @Override
    public void abort() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopConnecting();
        connections.every().forEach(HostConnection::abort);
        events.close();
        threads.shutdown();
        timer.shutdownNow();
    }

    /// Handlers are never interrupted: they may be writing a file, which an interrupt closes.
    private void stopConnecting() {
        listeners.close();
        registry.close();
        upgrader.close();
        dialThreads.shutdownNow();
        systemResolver.close();
    }

    @Override
    public String toString() {
        return "host " + peerId();
    }
}
