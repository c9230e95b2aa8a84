package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Asks other peers, one request on a stream of its own.
final class KadClient {
    private static final Logger log = LoggerFactory.getLogger(KadClient.class);

    private final Host host;
    private final Duration limit;

    /// @param limit for dialling, asking and being answered together
    KadClient(Host host, Duration limit) {
        this.host = host;
        this.limit = limit;
    }

    /// An answer and the connection that it came over.
    record Answer(KadMessage message, Connection over) {}

    Answer ask(KadPeer to, KadMessage request) throws IOException {
        return guarded(to, () -> asked(to, request));
    }

    private Answer asked(KadPeer to, KadMessage request) throws IOException {
        var end = System.nanoTime() + limit.toNanos();
        var connection = connection(to);
        var stream = connection.open(List.of(Kademlia.PROTOCOL), remaining(end));
        try (stream) {
            stream.deadline(remaining(end));
            write(stream, request);
            var answer = KadCodec.decode(Frames.read(stream, KadCodec.READ_MAX));
            return new Answer(told(answer, connection), connection);
        } catch (ProtocolException e) {
            stream.reset();
            throw e;
        }
    }

    /// Sends what has no response.
    void tell(KadPeer to, KadMessage message) throws IOException {
        guarded(to, () -> send(to, message));
    }

    private Connection send(KadPeer to, KadMessage message) throws IOException {
        var end = System.nanoTime() + limit.toNanos();
        var connection = connection(to);
        try (var stream = connection.open(List.of(Kademlia.PROTOCOL), remaining(end))) {
            stream.deadline(remaining(end));
            write(stream, message);
        }
        return connection;
    }

    private interface Errand<T> {
        T run() throws IOException;
    }

    /// Strangers say where a peer is, and the peer what it answers: what either makes us do wrong
    /// is a failure of this peer, and not the end of the DHT.
    private static <T> T guarded(KadPeer to, Errand<T> errand) throws IOException {
        try {
            return errand.run();
        } catch (RuntimeException e) { // Supervisor
            log.warn("asking {} failed inside", to, e);
            throw new IOException("failed inside", e);
        }
    }

    /// Not through relays: a lookup would use up in a moment what they let us have.
    private Connection connection(KadPeer to) throws IOException {
        var direct = to.addresses().stream().filter(address -> !address.isCircuit()).toList();
        return host.connect(to.id(), direct, limit);
    }

    private static void write(Stream stream, KadMessage message) throws IOException {
        Frames.write(stream, KadCodec.encode(message).unsafeArray());
    }

    private static Duration remaining(long end) throws IOException {
        var nanos = end - System.nanoTime();
        if (nanos <= 0) {
            throw new IOException("no time left");
        }
        return Duration.ofNanos(nanos);
    }

    /// The message without the addresses that are of no use, or a trap, on the network where the
    /// remote told them.
    static KadMessage told(KadMessage message, Connection over) {
        return new KadMessage(
                message.type(),
                message.key(),
                message.record(),
                reachable(message.closer(), over),
                reachable(message.providers(), over));
    }

    private static List<KadPeer> reachable(List<KadPeer> peers, Connection over) {
        var scope = ContactIntake.scope(over);
        return peers.stream()
                .map(peer ->
                        peer.withAddresses(
                                peer.addresses().stream()
                                        .filter(address ->
                                                address.scope()
                                                        .map(scope::atMostAsWideAs)
                                                        .orElse(true))
                                        .toList()))
                .toList();
    }
}
