package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// A host's part in circuit relay v2: dials through relays, and takes what relays bring.
///
/// Only relays where a place was asked for may bring a connection. A circuit within a circuit is
/// refused. The message flow is drawn at [Relay].
public final class RelayClient implements Transport {
    /// Relays that may bring connections.
    static final int PLACES_MAX = 16;

    /// For the relay's question and our answer.
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    /// A relay's clock may be wrong; what it promises for longer is asked for again in time.
    private static final Duration TTL_MAX = Duration.ofHours(24);

    private static final int ADDRESSES_MAX = 8;

    private final TcpHost host;
    private final InstantSource clock;

    /// Where a place was asked for, and until when it is ours; forgotten with the last connection.
    private final ConcurrentMap<PeerId, Instant> relays = new ConcurrentHashMap<>();

    private RelayClient(TcpHost host, InstantSource clock) {
        this.host = host;
        this.clock = clock;
    }

    /// From now on `host` dials addresses with `/p2p-circuit` and takes what its relays bring.
    public static RelayClient start(TcpHost host, InstantSource clock) {
        var client = new RelayClient(host, clock);
        host.addTransport(client);
        host.listen(client.new Leaving());
        host.handle(Relay.STOP, client::stop);
        return client;
    }

    /// Without the connection no circuit can come.
    private final class Leaving implements HostListener {
        @Override
        public void disconnected(Connection connection) {
            if (host.connections(connection.remotePeer()).isEmpty()) {
                relays.remove(connection.remotePeer());
            }
        }
    }

    /// Asks the remote of `relay` for a place, or to keep the one that we have. The connection must
    /// stay open as long as the place is needed.
    ///
    /// Throws [RelayException] when it is refused and [ProtocolException] when the relay lies.
    public RelayPlace reserve(Connection relay, Duration limit) throws IOException {
        var peer = relay.remotePeer();
        var before = expect(peer);
        RelayPlace place = null;
        try (var stream = relay.open(List.of(Relay.HOP), limit)) {
            stream.deadline(limit);
            CircuitCodec.write(stream, new HopMessage.Reserve());
            place = place(relay, answer(stream));
            relays.put(peer, place.expires());
            return place;
        } finally {
            if (place == null && !before) {
                relays.remove(peer);
            }
        }
    }

    /// Circuits may come as soon as the relay has decided. Whether we expected it before.
    private boolean expect(PeerId relay) throws IOException {
        if (relays.size() >= PLACES_MAX && !relays.containsKey(relay)) {
            throw new IOException("places at more than %d relays".formatted(PLACES_MAX));
        }
        return relays.putIfAbsent(relay, clock.instant().plus(STOP_LIMIT)) != null;
    }

    private static HopMessage.Answer answer(Stream stream) throws IOException {
        if (!(CircuitCodec.readHop(stream) instanceof HopMessage.Answer answer)) {
            throw new ProtocolException("the relay answers with a question");
        }
        if (answer.status() != RelayStatus.OK) {
            throw new RelayException(answer.status());
        }
        return answer;
    }

    private RelayPlace place(Connection relay, HopMessage.Answer answer) throws IOException {
        var granted =
                answer.reservation()
                        .orElseThrow(() -> new ProtocolException("OK without a reservation"));
        var now = clock.instant();
        if (!granted.expires().isAfter(now)) {
            throw new ProtocolException("a reservation that has expired");
        }
        check(granted.voucher(), relay.remotePeer());
        var last = now.plus(TTL_MAX);
        var expires = granted.expires().isAfter(last) ? last : granted.expires();
        return new RelayPlace(
                relay.remotePeer(), expires, circuits(relay, granted), answer.limit());
    }

    /// A voucher may be missing, but a wrong one shows what the rest is worth.
    private void check(Bytes voucher, PeerId relay) throws ProtocolException {
        if (voucher.size() > 0) {
            var opened = Voucher.open(voucher);
            if (!opened.relay().equals(relay) || !opened.peer().equals(host.peerId())) {
                throw new ProtocolException("a voucher of another relay or for another peer");
            }
        }
    }

    /// Addresses of narrower networks than the one on which we reach the relay are no use to
    /// others there, and those of other peers are none of the relay's. When none is left there is
    /// the one at which we dialled it.
    private static List<Multiaddr> circuits(Connection relay, Reservation granted) {
        var peer = relay.remotePeer();
        var network = relay.remoteAddress().scope().orElse(AddressScope.PUBLIC);
        var told =
                granted.addresses().stream()
                        .filter(address -> address.peer().map(peer::equals).orElse(true))
                        .map(Multiaddr::withoutPeer)
                        .filter(address -> !address.isCircuit())
                        .filter(address ->
                                network.atMostAsWideAs(address.scope().orElse(AddressScope.PUBLIC)))
                        .filter(address -> address.circuitThrough(peer).isPresent())
                        .limit(ADDRESSES_MAX)
                        .toList();
        var reached = told.isEmpty() && relay.outbound() ? List.of(relay.remoteAddress()) : told;
        return reached.stream()
                .flatMap(address -> address.circuitThrough(peer).stream())
                .distinct()
                .toList();
    }

    @Override
    public boolean dials(Multiaddr address) {
        return address.relay().isPresent();
    }

    @Override
    public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException {
        var end = System.nanoTime() + limit.toNanos();
        var relay = address.relay().orElseThrow(() -> new IOException("no relay in " + address));
        if (relay.peer().equals(Optional.of(peer))) {
            throw new IOException("a relay is not reached through itself");
        }
        var connection = host.connect(relay, limit);
        if (connection.remoteAddress().isCircuit()) {
            throw new IOException("the relay is itself reached through a relay");
        }
        var left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
        var stream = connection.open(List.of(Relay.HOP), left);
        var joined = false;
        try {
            stream.deadline(left);
            CircuitCodec.write(stream, new HopMessage.Connect(peer));
            var channel = new CircuitChannel(stream, answer(stream).limit(), address);
            joined = true;
            return channel;
        } finally {
            if (!joined) {
                stream.reset();
            }
        }
    }

    private void stop(Stream stream) throws IOException, InterruptedException {
        stream.deadline(STOP_LIMIT);
        var relay = stream.connection();
        if (!isExpected(relay)) { // Before it is read: the places are for those that may call us.
            answer(stream, RelayStatus.PERMISSION_DENIED);
            return;
        }
        StopMessage message;
        try {
            message = CircuitCodec.readStop(stream);
        } catch (ProtocolException e) {
            answer(stream, RelayStatus.MALFORMED_MESSAGE);
            return;
        }
        if (!(message instanceof StopMessage.Connect(var from, var limit))) {
            answer(stream, RelayStatus.UNEXPECTED_MESSAGE);
            return;
        }
        if (!isExpected(relay) || from.equals(host.peerId())) {
            answer(stream, RelayStatus.PERMISSION_DENIED);
            return;
        }
        CircuitCodec.write(stream, new StopMessage.Answer(RelayStatus.OK));
        receive(stream, limit);
    }

    private boolean isExpected(Connection relay) {
        var until = relays.get(relay.remotePeer());
        return until != null
                && clock.instant().isBefore(until)
                && !relay.remoteAddress().isCircuit();
    }

    private static void answer(Stream stream, RelayStatus status) throws IOException {
        CircuitCodec.write(stream, new StopMessage.Answer(status));
        stream.closeWrite();
    }

    /// Returns when the connection has ended, for the stream ends with its handler.
    private void receive(Stream stream, CircuitLimit limit) throws InterruptedException {
        var relay = stream.connection();
        var address = relay.remoteAddress().withPeer(relay.remotePeer()).with(Protocol.P2P_CIRCUIT);
        var channel = new CircuitChannel(stream, limit, address);
        host.receive(channel);
        channel.awaitClosed();
    }
}
