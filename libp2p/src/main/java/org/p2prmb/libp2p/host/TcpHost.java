package org.p2prmb.libp2p.host;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identify.Identify;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.noise.NoiseChannel;
import org.p2prmb.libp2p.noise.NoiseSecurity;
import org.p2prmb.libp2p.ping.Ping;
import org.p2prmb.libp2p.transport.AddressLookup;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.SystemResolver;
import org.p2prmb.libp2p.transport.TcpChannel;
import org.p2prmb.libp2p.transport.TcpListener;
import org.p2prmb.libp2p.yamux.SharedWindowBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A [Host] on TCP with Noise and Yamux: blocking code on virtual threads.
///
/// It serves ping always, identify unless the configuration says otherwise. A connection is told
/// to the listeners before a stream of it is served.
public final class TcpHost implements Host {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /// After a failed accept, which nearly always means that file descriptors ran out.
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(TcpHost.class);

    private final HostConfig config;
    private final Protocols protocols = new Protocols();
    private final Connections connections = new Connections();
    private final SharedDials dials = new SharedDials();
    private final HostEvents events = new HostEvents();
    private final AtomicLong serials = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ConnectionGate gate;
    private final ExecutorService threads;
    private final ExecutorService dialThreads;
    private final ScheduledThreadPoolExecutor timer;
    private final SystemResolver systemResolver = new SystemResolver();
    private final Upgrader upgrader;
    private final Listeners listeners;
    private final Dialer dialer;
    private final HostConnection.Shared shared;
    private final @Nullable Identify identify;

    private TcpHost(HostConfig config) throws IOException {
        this.config = config;
        this.gate = new ConnectionGate(config.limits());
        this.threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("host").factory());
        this.dialThreads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dial").factory());
        this.timer =
                new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("host-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        var pool = new BufferPool();
        var noise =
                new NoiseSecurity(
                        config.keys(), List.of(Upgrader.MUXER), new SecureRandom(), pool);
        this.upgrader = new Upgrader(noise, pool, timer);
        this.shared =
                new HostConnection.Shared(
                        protocols,
                        config.timeouts().negotiation(),
                        config.yamux(),
                        new SharedWindowBudget(config.windowGrowthBytesMax()),
                        threads);
        this.listeners = Listeners.open(config.listen());
        this.dialer = dialer();
        this.identify = config.identify() ? identify() : null;
    }

    private Dialer dialer() {
        var named = config.namedResolver();
        var tools =
                new Dialer.Tools(
                        config.transport(),
                        new AddressLookup(named == null ? systemResolver : named),
                        upgrader,
                        config.timeouts(),
                        dialThreads,
                        new MonotonicClock());
        var scopes =
                listeners.all().stream()
                        .map(listener -> AddressScope.ofListener(listener.bound().getAddress()))
                        .collect(Collectors.toSet());
        return new Dialer(tools, listeners::addresses, scopes, config.limits().dialsMax());
    }

    private Identify identify() {
        return new Identify(
                config.keys(),
                config.agentVersion(),
                this::announcedAddresses,
                protocols::names,
                config.timeouts().identify(),
                events::identified);
    }

    /// Listens, and serves what comes, until [#close].
    ///
    /// Throws with the address and the reason when one cannot be listened on.
    public static TcpHost start(HostConfig config) throws IOException {
        var host = new TcpHost(config);
        host.protocols.put(Ping.PROTOCOL, new Ping.Responder());
        if (host.identify != null) {
            host.protocols.put(Identify.PROTOCOL, host.identify::serve);
            host.protocols.put(Identify.PUSH_PROTOCOL, host.identify::servePush);
        }
        host.listeners.all().forEach(listener -> host.threads.execute(() -> host.accept(listener)));
        return host;
    }

    @Override
    public KeyPair keys() {
        return config.keys();
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return listeners.addresses();
    }

    private List<Multiaddr> announcedAddresses() {
        return config.announce().isEmpty() ? listenAddresses() : config.announce();
    }

    @Override
    public void handle(String protocol, StreamHandler handler) {
        if (protocols.put(protocol, handler)) {
            pushIdentify();
        }
    }

    @Override
    public void unhandle(String protocol) {
        if (protocols.remove(protocol)) {
            pushIdentify();
        }
    }

    private void pushIdentify() {
        if (identify != null && !connections.isEmpty()) {
            background(() -> identify.push(connections.all(), threads));
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
        var open = connections.open(peer);
        if (open.isPresent()) {
            return open.get();
        }
        return dials.connect(peer, limit, left -> dial(peer, addresses, left));
    }

    @Override
    public Connection connect(Multiaddr address, Duration limit) throws IOException {
        var peer =
                address.peer()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "no /p2p at the end of " + address));
        return connect(peer, List.of(address), limit);
    }

    private Connection dial(PeerId peer, List<Multiaddr> addresses, Duration limit)
            throws IOException {
        // The dial that we waited for may have been answered by the peer's own.
        var open = connections.open(peer);
        if (open.isPresent()) {
            return open.get();
        }
        var admission = gate.admitOutbound();
        Connection connection = null;
        try {
            var reached = dialer.dial(peer, addresses, limit);
            connection = establish(true, reached.channel(), reached.secure(), admission);
            return connection;
        } catch (RejectedExecutionException e) {
            throw new IOException("this host is closed", e);
        } finally {
            if (connection == null) {
                admission.close();
            }
        }
    }

    private void accept(TcpListener listener) {
        while (listener.isOpen()) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("cannot accept a connection: {}", e.getMessage());
                LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
            }
        }
    }

    private void admit(TcpChannel channel) {
        try {
            var admission = gate.admitInbound(ip(channel));
            threads.execute(() -> welcome(channel, admission));
        } catch (RejectedExecutionException _) {
            channel.close(); // We are closing.
        } catch (IOException e) {
            LOG.debug("refused {}: {}", channel.remoteAddress(), e.getMessage());
            channel.close();
        }
    }

    private static InetAddress ip(RawChannel channel) {
        return channel.remoteAddress()
                .ip()
                .orElseThrow(() -> new IllegalStateException("a TCP connection has an IP address"));
    }

    private void welcome(RawChannel channel, ConnectionGate.Admission admission) {
        var established = false;
        try {
            var secure = upgrader.listener(channel, null, config.timeouts().upgrade());
            establish(false, channel, secure, admission);
            established = true;
        } catch (IOException e) {
            LOG.debug("no connection from {}: {}", channel.remoteAddress(), e.getMessage());
        } finally {
            if (!established) {
                channel.close();
                admission.close();
            }
        }
    }

    /// Multiplexes an authenticated channel, which is closed when that fails.
    private Connection establish(
            boolean outbound,
            RawChannel channel,
            NoiseChannel secure,
            ConnectionGate.Admission admission)
            throws IOException {
        var established = false;
        try {
            if (secure.remotePeer().equals(peerId())) {
                throw new IOException("connected to ourselves");
            }
            admission.established(secure.remotePeer());
            var connection = multiplex(outbound, channel, secure, admission);
            established = true;
            return connection;
        } finally {
            if (!established) {
                secure.close();
            }
        }
    }

    private HostConnection multiplex(
            boolean outbound,
            RawChannel channel,
            NoiseChannel secure,
            ConnectionGate.Admission admission)
            throws IOException {
        var membership = new Membership(admission);
        var connection =
                new HostConnection(
                        serials.incrementAndGet(), outbound, channel, secure, shared, membership);
        membership.join(connection);
        connection.admit();
        if (closed.get()) {
            connection.close(); // It was too late for the list that close() went through.
        }
        if (identify != null) {
            background(() -> identify.ask(connection));
        }
        return connection;
    }

    private void background(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException _) {
            LOG.debug("closing: a task is dropped");
        }
    }

    /// One connection's place in the host, from joining to leaving, each once and in this order.
    private final class Membership implements HostConnection.Owner {
        private final ConnectionGate.Admission admission;
        private boolean joined;
        private boolean left;

        Membership(ConnectionGate.Admission admission) {
            this.admission = admission;
        }

        void join(HostConnection connection) throws IOException {
            synchronized (this) {
                if (left) {
                    throw new IOException("the remote closed the connection at once");
                }
                connections.add(connection);
                try {
                    events.connected(connection);
                    joined = true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while connecting", e);
                } finally {
                    if (!joined) {
                        connections.remove(connection);
                    }
                }
            }
        }

        @Override
        public void closed(HostConnection connection, String reason) {
            synchronized (this) {
                left = true;
                if (!joined) {
                    return; // join() fails, and who called it closes the admission.
                }
            }
            connections.remove(connection);
            admission.close();
            if (identify != null) {
                identify.forget(connection);
            }
            events.disconnected(connection);
            LOG.debug("connection {} ended: {}", connection, reason);
        }
    }

    @Override
    public List<Connection> connections() {
        return connections.all();
    }

    @Override
    public List<Connection> connections(PeerId peer) {
        return connections.with(peer);
    }

    @Override
    public void listen(HostListener listener) {
        events.add(listener);
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
        upgrader.close();
        dialThreads.shutdownNow();
        systemResolver.close();
    }

    @Override
    public String toString() {
        return "host " + peerId();
    }
}
