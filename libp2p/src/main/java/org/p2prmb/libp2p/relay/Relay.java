package org.p2prmb.libp2p.relay;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.IpNetwork;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/// Forwards connections to peers that cannot be dialled: the relay's side of circuit relay v2.
///
/// ```
/// D (behind a router)            relay                         S (anywhere)
///   | -- hop: RESERVE ------------> |
///   | <- STATUS OK, reservation --- |
///   |                               | <-- hop: CONNECT D --------- |
///   | <- stop: CONNECT S, limit --- |
///   | -- STATUS OK ---------------> | --- STATUS OK, limit ------> |
///   | <============ bytes, until a limit or both ends ===========> |
/// ```
///
/// See the [specification](https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md).
public final class Relay implements AutoCloseable {
    public static final String HOP = "/libp2p/circuit/relay/0.2.0/hop";
    public static final String STOP = "/libp2p/circuit/relay/0.2.0/stop";

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private final Host host;
    private final RelayConfig config;
    private final Supplier<List<Multiaddr>> addresses;
    private final InstantSource clock;
    private final RelayPlaces places; // Guarded by itself.
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("circuit").factory());

    private Relay(
            Host host,
            RelayConfig config,
            Supplier<List<Multiaddr>> addresses,
            InstantSource clock) {
        this.host = host;
        this.config = config;
        this.addresses = addresses;
        this.clock = clock;
        this.places = new RelayPlaces(config);
    }

    /// Serves as a relay from now on.
    ///
    /// @param addresses where others are told to reach us, without `/p2p`
    public static Relay serve(
            Host host,
            RelayConfig config,
            Supplier<List<Multiaddr>> addresses,
            InstantSource clock) {
        var relay = new Relay(host, config, addresses, clock);
        host.listen(relay.new Leaving());
        host.keepFor(relay::holds);
        host.handle(HOP, relay::hop);
        return relay;
    }

    /// Places that are taken now.
    public int reservations() {
        synchronized (places) {
            return places.reservations();
        }
    }

    private boolean holds(PeerId peer) {
        synchronized (places) {
            return places.holds(peer);
        }
    }

    /// Circuits that are open now.
    public int circuits() {
        synchronized (places) {
            return places.circuits();
        }
    }

    /// A place is worth nothing without the connection over which we would call its peer.
    private final class Leaving implements HostListener {
        @Override
        public void disconnected(Connection connection) {
            leaveUnlessConnected(connection.remotePeer());
        }
    }

    private void leaveUnlessConnected(PeerId peer) {
        if (direct(peer).isEmpty()) {
            synchronized (places) {
                places.leave(peer);
            }
        }
    }

    private Optional<Connection> direct(PeerId peer) {
        return host.connections(peer).stream().filter(c -> !isRelayed(c)).findFirst();
    }

    private static boolean isRelayed(Connection connection) {
        return connection.remoteAddress().isCircuit();
    }

    private void hop(Stream stream) throws IOException, InterruptedException {
        stream.deadline(config.patience());
        HopMessage message;
        try {
            message = CircuitCodec.readHop(stream);
        } catch (ProtocolException e) {
            LOG.debug("{}: {}", stream, e.getMessage());
            answer(stream, RelayStatus.MALFORMED_MESSAGE);
            return;
        }
        switch (message) {
            case HopMessage.Answer _ -> answer(stream, RelayStatus.UNEXPECTED_MESSAGE);
            case HopMessage.Reserve _ -> reserve(stream);
            case HopMessage.Connect(var peer) -> connect(stream, peer);
        }
    }

    private static void answer(Stream stream, RelayStatus status) throws IOException {
        CircuitCodec.write(stream, HopMessage.Answer.of(status));
        stream.closeWrite();
    }

    /// Null when addresses of this network are not counted.
    private @Nullable Bytes network(Connection connection) {
        return connection
                .remoteAddress()
                .ip()
                .filter(ip -> !isExempt(ip))
                .map(IpNetwork::of)
                .orElse(null);
    }

    private boolean isExempt(InetAddress ip) {
        return config.exemptLoopback() && ip.isLoopbackAddress();
    }

    private void reserve(Stream stream) throws IOException {
        var peer = stream.remotePeer();
        var status = RelayStatus.PERMISSION_DENIED;
        if (!isRelayed(stream.connection())) {
            synchronized (places) {
                status = places.reserve(clock.instant(), peer, network(stream.connection()));
            }
        }
        if (status != RelayStatus.OK) {
            LOG.debug("no place for {}: {}", peer.shortText(), status);
            answer(stream, status);
            return;
        }
        LOG.debug("{} has a place", peer.shortText());
        leaveUnlessConnected(peer); // Its going may have been told before it came in.
        CircuitCodec.write(
                stream,
                new HopMessage.Answer(
                        RelayStatus.OK, Optional.of(reservation(peer)), config.limit(peer)));
        stream.closeWrite();
    }

    private Reservation reservation(PeerId peer) {
        var expires = clock.instant().plus(config.places().ttl()).truncatedTo(ChronoUnit.SECONDS);
        var reached =
                addresses.get().stream()
                        .filter(address -> !address.isCircuit())
                        .limit(CircuitCodec.ADDRESSES_MAX)
                        .map(address -> address.withPeer(host.peerId()))
                        .toList();
        var voucher = new Voucher(host.peerId(), peer, expires).seal(host.keys());
        return new Reservation(expires, reached, voucher);
    }

    private void connect(Stream source, PeerId to) throws IOException, InterruptedException {
        var from = source.remotePeer();
        var status = RelayStatus.PERMISSION_DENIED;
        if (!isRelayed(source.connection())) {
            synchronized (places) {
                status = places.open(clock.instant(), from, network(source.connection()), to);
            }
        }
        if (status != RelayStatus.OK) {
            LOG.debug("no circuit for {}: {}", from.shortText(), status);
            answer(source, status);
            return;
        }
        try {
            join(source, to);
        } finally {
            synchronized (places) {
                places.ended(from, to);
            }
        }
    }

    private void join(Stream source, PeerId to) throws IOException, InterruptedException {
        var limit = config.limit(to);
        source.deadline(config.patience().multipliedBy(2)); // The callee has its share of it.
        Stream destination;
        try {
            destination = stop(source.remotePeer(), to, limit);
        } catch (IOException e) {
            LOG.debug("{} takes no circuit: {}", to.shortText(), e.getMessage());
            answer(source, RelayStatus.CONNECTION_FAILED);
            return;
        }
        try (destination) {
            var ok = new HopMessage.Answer(RelayStatus.OK, Optional.empty(), limit);
            CircuitCodec.write(source, ok);
            new Circuit(source, destination, limit).run(threads);
        } catch (IOException | RejectedExecutionException e) {
            destination.reset();
            source.reset();
            LOG.debug("circuit from {} ended: {}", source.remotePeer().shortText(), e.getMessage());
        }
    }

    private Stream stop(PeerId from, PeerId to, CircuitLimit limit) throws IOException {
        var connection = direct(to).orElseThrow(() -> new IOException("it has gone"));
        var stream = connection.open(List.of(STOP), config.patience());
        var agreed = false;
        try {
            stream.deadline(config.patience());
            CircuitCodec.write(stream, new StopMessage.Connect(from, limit));
            if (!(CircuitCodec.readStop(stream) instanceof StopMessage.Answer(var status))) {
                throw new ProtocolException("it answers with a question");
            }
            if (status != RelayStatus.OK) {
                throw new IOException("it answers " + status);
            }
            agreed = true;
            return stream;
        } finally {
            if (!agreed) {
                stream.reset();
            }
        }
    }

    /// Takes no more requests. The circuits end with the host's connections.
    @Override
    public void close() {
        host.unhandle(HOP);
        threads.shutdown();
    }
}
